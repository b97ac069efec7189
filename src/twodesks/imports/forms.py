"""What an administrator fills in to bring an export in."""

from django import forms

from twodesks.imports.engine.sources import SOURCES


class ExportForm(forms.Form):
    """Either the file itself, or the number of an upload that has arrived already."""

    kind = forms.ChoiceField(label="Where it comes from", choices=[(kind, name) for kind, (name, _) in SOURCES.items()])
    file = forms.FileField(
        label="The file of the export",
        required=False,
        help_text="A ZIP, a tar file, or a .jsonl file. "
        "It stays on this server, and goes when the import has ended, or after a week when nobody starts it.",
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)
    with_bots = forms.BooleanField(
        label="Bring in what bots wrote", required=False, help_text="Build results, alerts and the like."
    )
    with_direct_messages = forms.BooleanField(
        label="Bring in direct messages",
        required=False,
        help_text="As private channels that only those in them can read. Ask them first.",
    )

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if not given.get("file") and not given.get("upload"):
            self.add_error("file", "Choose the file of the export.")
        return given
