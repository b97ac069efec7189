"""What people type about a channel."""

from django import forms

from twodesks.channels.models import Channel


class ChannelForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=80,
        error_messages={"required": "Give the channel a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purpose = forms.CharField(
        label="What it is for",
        max_length=280,
        required=False,
        help_text="One sentence, so that people know what belongs here.",
        error_messages={"max_length": "Keep it under 280 letters."},
    )
    visibility = forms.ChoiceField(
        label="Who sees it",
        choices=[
            (Channel.Visibility.OPEN, "Open: everybody can read, search and follow it"),
            (Channel.Visibility.PRIVATE, "Private: only the people in it can read it, and only they find it"),
        ],
        initial=Channel.Visibility.OPEN,
        widget=forms.RadioSelect,
    )
