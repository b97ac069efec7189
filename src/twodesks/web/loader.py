"""Templates as cotton reads them, with the smallest parts set in place.

A page has a hundred icons and marks. Each as a component of its own would cost as much as a query; written into the
template when it is compiled, it costs a few microseconds. `cotton/icon.html` and `cotton/mark.html` stay the truth for
whatever does not fit the pattern.
"""

import re

from django_cotton.cotton_loader import Loader as CottonLoader

PART = re.compile(r'<c-(icon|mark)((?:\s+(?:name|kind|class)="[^"<>]*")+)\s*/>')
ATTRIBUTE = re.compile(r'(name|kind|class)="([^"]*)"')
SHAPES = {
    "icon": '<svg class="i{extra}" aria-hidden="true"><use href="{sprite}#i-{name}"/></svg>',
    "mark": '<svg class="g g-{name}{extra}" aria-hidden="true"><use href="{sprite}#g-{name}"/></svg>',
}
SPRITE = "{% asset 'icons/sprite.svg' %}"


def set_in_place(template: str) -> str:
    """The template with every plain `<c-icon>` and `<c-mark>` written out."""

    def write(found: re.Match[str]) -> str:
        given = dict(ATTRIBUTE.findall(found[2]))
        name = given.get("name") or given.get("kind", "")
        extra = f" {given['class']}" if given.get("class") else ""
        return SHAPES[found[1]].format(name=name, extra=extra, sprite=SPRITE)

    return PART.sub(write, template)


class Loader(CottonLoader):  # type: ignore[misc]
    def _get_template_string(self, template_name: str) -> str:
        return set_in_place(super()._get_template_string(template_name))
