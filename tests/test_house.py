"""The rules of the house that no other tool knows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from procrastinate.contrib.django import app

from twodesks.kit.operation import registered_operations

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "twodesks"
CODE = sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("components/**/*.ts"), *(ROOT / "frontend" / "src").rglob("*.ts")])


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in CODE
        if "migrations" not in path.parts and (lines := path.read_text(encoding="utf-8").count("\n")) > 500
    }
    assert long == {}


def test_every_deferred_job_exists() -> None:
    deferred = {
        name
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(r"defer_job\(\s*\"([a-z_.]+)\"", path.read_text(encoding="utf-8"))
    }
    assert deferred
    assert deferred <= set(app.tasks)


def test_every_operation_stands_in_its_own_file_and_says_what_it_does() -> None:
    files = [path for path in SOURCE.glob("*/operations/*.py") if path.name != "__init__.py"]
    text = {path: path.read_text(encoding="utf-8") for path in files}
    for path, words in text.items():
        # A file without an operation is a step that operations share.
        step = f"{path.parent.parent.name}.operations.{path.stem} import"
        assert words.count("@operation(") == 1 or any(step in other for other in text.values()), path
    for entry in registered_operations():
        assert entry.summary, f"{entry.name} has no docstring"
        assert entry.name.split(".")[0] == entry.module.split(".")[1], entry.name


def test_nothing_listens_by_django_signals_or_saves_with_effects() -> None:
    offences = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        and re.search(r"django\.(db\.models\.)?(dispatch|signals)|def save\(self", path.read_text(encoding="utf-8"))
    ]
    assert offences == []


def test_there_are_no_utils() -> None:
    assert list(SOURCE.rglob("utils.py")) == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE", "docs/conventions.md"])
def test_the_papers_of_the_house_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200


def test_the_map_is_what_the_code_says() -> None:
    made = subprocess.run([sys.executable, "tools/make_map.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_every_element_in_a_template_has_its_file_and_every_file_is_used() -> None:
    tags = {
        tag for path in SOURCE.rglob("*.html") for tag in re.findall(r"<(td-[a-z-]+)", path.read_text(encoding="utf-8"))
    }
    folders = [*SOURCE.glob("*/components"), ROOT / "frontend" / "src" / "elements"]
    files = {f"td-{path.stem}" for folder in folders for path in folder.glob("*.ts") if ".test" not in path.name}
    made = "".join(path.read_text(encoding="utf-8") for path in CODE if path.suffix == ".ts")
    defined = set(re.findall(r'define\(\s*"(td-[a-z-]+)"', made)) | set(
        re.findall(r'@customElement\("(td-[a-z-]+)"', made)
    )
    assert tags - files - defined == set()
    in_scripts = set(re.findall(r"<(td-[a-z-]+)|createElement\(\"(td-[a-z-]+)\"", made))
    used = tags | {tag for pair in in_scripts for tag in pair if tag}
    assert files - used == set()


SETTING = re.compile(r"(?:TWODESKS_[A-Z_]+|DATABASE_(?:DIRECT_)?URL|SECRET_KEY|BASE_URL|EMAIL_[A-Z]+|S3_[A-Z_]+)")


def test_every_setting_is_documented() -> None:
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    read = {
        name
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(rf"\"({SETTING.pattern})\"", path.read_text(encoding="utf-8"))
    }
    assert "DATABASE_URL" in read
    assert {name for name in read if f"`{name}`" not in told} == set()
