"""Every custom element that a template names has its file, and every element's file is named by some template."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
PACKAGE = ROOT / "src" / "twodesks"
TAG = re.compile(r"<(td-[a-z][a-z0-9-]*)")


def files() -> dict[str, Path]:
    shared = (ROOT / "frontend" / "src" / "elements").glob("*.ts")
    found = [*shared, *PACKAGE.glob("*/components/*.ts")]
    return {f"td-{path.stem}": path for path in found if not path.name.endswith(".test.ts")}


def used() -> set[str]:
    """In templates, or made by another element; a file that names only itself in its notes does not count."""
    tags = {tag for page in PACKAGE.glob("**/templates/**/*.html") for tag in TAG.findall(page.read_text())}
    for own, path in files().items():
        made = re.findall(r'createElement\("(td-[a-z0-9-]+)"', path.read_text())
        tags |= set(TAG.findall(re.sub(r"/\*\*.*?\*/", "", path.read_text(), flags=re.DOTALL))) | set(made) - {own}
    return tags


def defined(path: Path) -> list[str]:
    return re.findall(r'(?:customElements\.define\(|@customElement\()\s*"(td-[a-z0-9-]+)"', path.read_text())


def test_every_element_file_defines_its_tag_and_is_used() -> None:
    for tag, path in files().items():
        names = defined(path)
        if names:  # a file without an element is a helper of its neighbours
            assert names[0] == tag, f"{path} defines {names}"
            assert tag in used(), f"no template uses {tag}"


def test_every_icon_in_a_template_is_in_the_sprite() -> None:
    sprite = (ROOT / "frontend" / "icons" / "sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="i-([^"]+)"', sprite))
    templates = "\n".join(path.read_text() for path in PACKAGE.glob("**/templates/**/*.html"))
    named = set(re.findall(r'<c-icon\s[^>]*?name="([a-z0-9-]+)"', templates))
    named |= set(re.findall(r'<c-[a-z-]+\s[^>]*?\sicon="([a-z0-9-]+)"', templates))
    assert named - there == set()
