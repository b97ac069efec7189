"""Names and titles as one clean line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twodesks.kit.lines import initials, one_line


@given(st.text())
def test_line_is_one_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert not any(unicodedata.category(letter) == "Cc" or "\u202a" <= letter <= "\u202e" for letter in line)
    assert len(initials(line)) <= 2 * 3  # upper case may be longer: ß is SS, ﬃ is FFI


def test_what_turns_the_direction_of_writing_is_left_out() -> None:
    assert one_line("Zoë \u202eabc\n\tdef \u2067x") == "Zoë abc def x"
    assert one_line("שלום 🦊") == "שלום 🦊"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nadia Haddad", "NH"),
        ("Zoë", "Z"),
        ("<script>alert</script> Zoë 🦊", "SZ"),
        ("🦊", "🦊"),
        ("Ada B. Lovelace", "AL"),
    ],
)
def test_initials_are_letters(name: str, letters: str) -> None:
    assert initials(name) == letters
