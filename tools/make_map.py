"""Makes docs/map.md from the code: the rooms, what can be done in each, its jobs, and who hears of what.

python tools/make_map.py            writes it
python tools/make_map.py --check    fails when it is not what the code says
"""

import ast
import importlib
import os
import pkgutil
import sys
from collections import defaultdict
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "twodesks"
MAP = ROOT / "docs" / "map.md"

HEAD = """# The house, room by room

Made from the code by `make map`; `make check` fails when it is out of date. `docs/conventions.md` says how rooms are
built and `.importlinter` which floors they stand on.
"""


def floors() -> list[list[str]]:
    """The packages, highest floor first, as `.importlinter` lists them."""
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").split("[importlinter:contract:inside]")[0]
    listed = lines.split("layers =\n", 1)[1].split("\n\n", 1)[0]
    rows = [[name.strip().strip("()") for name in line.split("|")] for line in listed.splitlines() if line.strip()]
    return [[name for name in row if (SOURCE / name).is_dir()] for row in rows]


def summary_of(package: str) -> str:
    """The first line of a package's models, or of the package itself."""
    for name in ("models.py", "__init__.py"):
        path = SOURCE / package / name
        if path.exists():
            words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            if words:
                return words.split("\n", 1)[0]
    return ""


def import_all(package: str) -> None:
    module = importlib.import_module(f"twodesks.{package}")
    for found in pkgutil.walk_packages(module.__path__, f"{module.__name__}."):
        if (".operations" in found.name and ".tests" not in found.name) or found.name.endswith(".jobs"):
            importlib.import_module(found.name)


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twodesks.project.settings")
    os.environ.setdefault("DATABASE_URL", "postgres:///unused")
    os.environ.setdefault("SECRET_KEY", "only for reading the code")
    django.setup()


def jobs_by_package() -> dict[str, list[str]]:
    contrib = importlib.import_module("procrastinate.contrib.django")
    jobs: dict[str, list[str]] = defaultdict(list)
    for name, task in sorted(contrib.app.tasks.items()):
        package, _, job = name.partition(".")
        jobs[package].append(f"`{job}` ({task.queue})")
    return jobs


def operations_by_package() -> dict[str, list[str]]:
    """One table row an operation: its name, linked to its file, and the first line of that file."""
    register = importlib.import_module("twodesks.kit.operation")
    rows: dict[str, list[str]] = defaultdict(list)
    for entry in register.registered_operations():
        package, name = entry.name.split(".", 1)
        path = entry.module.removeprefix("twodesks.").replace(".", "/")
        about = (sys.modules[entry.module].__doc__ or entry.summary).strip().split("\n", 1)[0]
        rows[package].append(f"| [`{name}`](../src/twodesks/{path}.py) | {about} |")
    return rows


def room(package: str, operations: list[str], jobs: list[str]) -> list[str]:
    if not operations and not jobs:
        return []
    parts = ["", f"## {package}", "", summary_of(package)]
    if operations:
        parts += ["", "| operation | what it does |", "| --- | --- |", *operations]
    if jobs:
        parts += ["", f"Jobs: {', '.join(jobs)}."]
    return parts


def made() -> str:
    set_up()
    rows = [row for row in floors() if row]
    for package in [package for row in rows for package in row]:
        import_all(package)
    operations, jobs = operations_by_package(), jobs_by_package()
    dispatch = importlib.import_module("twodesks.activity.dispatch")
    parts = [HEAD, "## Floors\n", "Highest first; a package imports only what lies below it.\n"]
    parts += ["| floor | package | what it holds |", "| --- | --- | --- |"]
    for place, row in enumerate(rows):
        parts += [f"| {len(rows) - 1 - place} | `{package}` | {summary_of(package)} |" for package in row]
    for package in [package for row in rows for package in row]:
        parts += room(package, operations[package], jobs[package])
    parts += ["", "## Who hears of what", "", "From `project/wiring.py`.", ""]
    parts += ["| statement | listener | when |", "| --- | --- | --- |"]
    parts += [f"| {what} | `{who}` | {when} |" for what, who, when in dispatch.wired()]
    return "\n".join(parts) + "\n"


def main() -> int:
    text = made()
    if "--check" in sys.argv:
        if MAP.exists() and MAP.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write("docs/map.md is not what the code says. Run make map and commit it.\n")
        return 1
    MAP.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
