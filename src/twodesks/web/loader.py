"""Templates as cotton reads them, with the smallest parts set in place.

A page has a hundred icons and marks. Each as a component of its own would cost as much as a query; written into the
template when it is compiled, it costs a few microseconds. `cotton/icon.html` and `cotton/mark.html` stay the truth for
whatever does not fit the pattern.
"""

import re

from django_cotton.cotton_loader import Loader as CottonLoader

PART = re.compile(r'<c-(icon|mark)((?:\s+(?:name|kind|class)="[^"<>]*")+)\s*/>')
ATTRIBUTE = re.compile(r'(name|kind|class)="([^"]*)"')
# The size is for a page whose styles did not come; the styles have their own.
SHAPES = {"icon": ("i", "i", 18), "mark": ("g g-{name}", "g", 16)}
SHAPE = (
    '<svg class="{classes}" width="{size}" height="{size}" aria-hidden="true">'
    '<use href="{sprite}#{family}-{name}"/></svg>'
)
SPRITE = "{% asset 'icons/sprite.svg' %}"


def set_in_place(template: str) -> str:
    """The template with every plain `<c-icon>` and `<c-mark>` written out."""

    def write(found: re.Match[str]) -> str:
        given = dict(ATTRIBUTE.findall(found[2]))
        name = given.get("name") or given.get("kind", "")
        classes, family, size = SHAPES[found[1]]
        classes = f"{classes.format(name=name)} {given.get('class', '')}".strip()
        return SHAPE.format(classes=classes, size=size, sprite=SPRITE, family=family, name=name)

    return PART.sub(write, template)


class Loader(CottonLoader):  # type: ignore[misc]
    def _get_template_string(self, template_name: str) -> str:
        return set_in_place(super()._get_template_string(template_name))
