"""What people type on the way in, checked for shape; operations check for sense."""

from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import password_validation

from twodesks.kit.actor import Role

ZONES = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


class TimeZoneField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label="Time zone",
            choices=ZONES,
            initial="UTC",
            error_messages={"invalid_choice": "Choose a time zone from the list."},
            widget=forms.Select(attrs={"data-time-zone": ""}),
        )


class AvailabilityForm(forms.Form):
    """A time as the member's own clock shows it."""

    not_asked_until = forms.DateTimeField(
        label="I would rather not be asked until",
        help_text="By your own clock. You still get what is put to you; others are not led to ask you first.",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"required": "Choose a day and a time.", "invalid": "Write it as a day and a time."},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


def new_password_field(label: str = "Password") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=256,
        help_text="Ten characters or more; four words are easier to remember than signs.",
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordMixin:
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]  # type: ignore[attr-defined]
        password_validation.validate_password(password)
        return password


def name_field() -> forms.CharField:
    return forms.CharField(
        label="Your name",
        max_length=120,
        error_messages={"required": "Say what people call you.", "max_length": "Keep the name under 120 letters."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label="E-mail",
        max_length=254,
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "That is not an e-mail address. It needs one @ and a domain.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SetUpForm(NewPasswordMixin, forms.Form):
    organisation_name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="People see it when they sign in, and on certificates.",
        error_messages={"required": "Say what your organisation is called."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    time_zone = TimeZoneField()
    name = name_field()
    email = email_field()
    password = new_password_field()


class JoinForm(NewPasswordMixin, forms.Form):
    name = name_field()
    email = email_field()
    time_zone = TimeZoneField()
    password = new_password_field()


class SignInForm(forms.Form):
    email = forms.CharField(
        label="E-mail",
        max_length=254,
        error_messages={"required": "Enter your e-mail address."},
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=256,
        error_messages={"required": "Enter your password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SignInLinkForm(forms.Form):
    email = email_field()


class ChangePasswordForm(NewPasswordMixin, forms.Form):
    password = new_password_field("New password")


class ProfileForm(forms.Form):
    name = name_field()
    job_title = forms.CharField(label="What you do", max_length=120, required=False)
    place = forms.CharField(label="Where", max_length=120, required=False)
    time_zone = TimeZoneField()
    helps_with = forms.CharField(
        label="What I can help with",
        max_length=1000,
        required=False,
        help_text="In your own words. People who need it will find you by it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label="Photo",
        help_text="A PNG, JPEG, WebP or GIF of at most 10 MB. A square of it is kept.",
        error_messages={"required": "Choose a picture first."},
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="Leave it empty for a link that up to 25 people can use.",
        error_messages={"invalid": "That is not an e-mail address. It needs one @ and a domain."},
    )
    role = forms.ChoiceField(
        label="As", choices=[(role.value, role.value.capitalize()) for role in Role], initial=Role.MEMBER.value
    )
