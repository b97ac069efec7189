"""A form field's control, joined to its words: the hint, or the error in its place, is what describes it."""

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString

register = template.Library()
OWN_LABELS = (RadioSelect, CheckboxSelectMultiple)


@register.simple_tag
def described(field: BoundField, hint: str = "") -> SafeString:
    """The control of `field`, in the look of its kind, with `aria-describedby` and `aria-invalid` set."""
    widget = field.field.widget
    kind = "box" if isinstance(widget, CheckboxInput) else "" if isinstance(widget, OWN_LABELS) else "input"
    classes = f"{kind} {widget.attrs.get('class', '')}".strip()
    attrs: dict[str, str | bool] = {"class": classes} if classes else {}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.id_for_label}_error"}
    elif hint or field.help_text:
        attrs["aria-describedby"] = f"{field.id_for_label}_hint"
    return field.as_widget(attrs=attrs)
