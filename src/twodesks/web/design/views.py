"""Every part of the pages, in every state it can be in, in the theme of your choice: `/design/`."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from twodesks.kit.problem import NotFound


@dataclass(frozen=True, slots=True)
class Somebody:
    name: str
    initials: str
    photo_url: str = ""


class ChannelNames(forms.Form):
    """The states of a field."""

    empty = forms.CharField(
        label="Name of the channel",
        help_text="Short, lower case. People will type it.",
        widget=forms.TextInput(attrs={"placeholder": "field-calibration"}),
    )
    filled = forms.CharField(label="Name of the channel, filled", initial="cold-stores")
    wrong = forms.RegexField(
        r"^[a-z0-9-]+$",
        label="Name of the channel, wrong",
        error_messages={"invalid": "Use letters, digits and hyphens, for example cold-stores."},
    )
    fixed = forms.CharField(
        label="Name of the channel, fixed",
        help_text="The first channel keeps its name.",
        initial="general",
        disabled=True,
    )
    purpose = forms.CharField(label="What it is for", widget=forms.Textarea(attrs={"rows": 3}))
    look_again = forms.ChoiceField(label="Look at it again", choices=[("6", "every 6 months"), ("12", "every year")])
    tell = forms.BooleanField(label="Tell those who follow", help_text="One message, today.")


COLOURS = [
    ("paper", "ink", "ink"),
    ("paper", "ink-2", "ink-2"),
    ("paper", "ink-3", "ink-3"),
    ("sheet", "ink-3", "ink-3 on sheet"),
    ("sunk", "ink-3", "ink-3 on sunk"),
    ("ink", "on-ink", "button"),
    ("coral-solid", "on-coral", "coral button"),
    ("paper", "coral-text", "coral words"),
    ("coral-wash", "coral-text", "on its wash"),
    ("teal-solid", "on-solid", "teal button"),
    ("paper", "teal-text", "teal words"),
    ("teal-wash", "teal-text", "on its wash"),
    ("gold-solid", "on-gold", "gold button"),
    ("paper", "gold-text", "gold words"),
    ("gold-wash", "gold-text", "on its wash"),
    ("gold-mark", "ink", "highlighter"),
    ("ok-wash", "ok", "fresh"),
    ("warn-wash", "warn", "ageing"),
    ("bad-wash", "bad", "in doubt"),
    ("bad-solid", "on-solid", "danger button"),
    ("paper", "ok", "ok words"),
    ("paper", "warn", "warn words"),
    ("paper", "bad", "bad words"),
    ("coral-wash", "ink-3", "ink-3 on coral"),
]
PEOPLE = {
    "amara": Somebody("Amara Okafor", "AO"),
    "owen": Somebody("Owen Pritchard", "OP"),
    "kwame": Somebody("Kwame Mensah-Boateng", "KM"),
    "daniyar": Somebody("Daniyar Abenov", "DA"),
    "priya": Somebody("Priya Raghunathan", "PR"),
    "bart": Somebody("Bartholomew Vandenberghe-Oyelaran", "BV"),
}


def design(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DESIGN_PAGE):
        raise NotFound
    answered = ChannelNames({"wrong": "Cold stores!"})
    return render(
        request,
        "design/index.html",
        {"people": PEOPLE, "fields": ChannelNames(), "answered": answered, "colours": COLOURS},
    )
