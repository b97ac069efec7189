"""Names in messages: whom they mean, and that thousands of members cost no more than their number."""

import time

from hypothesis import given
from hypothesis import strategies as st

from twodesks.conversations.engine.words import link_mentions, names_of

PEOPLE = ["Bob", "Bob Explainer", "bob explainer", "Alice Asker", "Alice", "Ali", "Straße", "STRASSE Nord"]


def told(members: list[tuple[int, str]], name: str) -> int | None:
    """By the rule as it is said: a whole name of one member, else a first name of one member."""
    whole = [pk for pk, known in members if known.casefold() == name.casefold()]
    if whole:
        return whole[0] if len(whole) == 1 else None
    first = [pk for pk, known in members if known.casefold().split(" ")[0] == name.casefold()]
    return first[0] if len(first) == 1 else None


@given(st.lists(st.sampled_from(PEOPLE), max_size=8), st.sampled_from([*PEOPLE, "strasse", "Nobody"]))
def test_a_name_means_one_member_or_nobody(names: list[str], name: str) -> None:
    members = list(enumerate(names, start=1))
    assert names_of(members).get(name.casefold()) == told(members, name)


def test_whole_names_come_before_first_names_and_shared_ones_mean_nobody() -> None:
    known = names_of([(1, "Bob"), (2, "Bob Explainer"), (3, "Alice Asker"), (4, "Alice Other")])
    assert link_mentions("@bob, @Bob Explainer and @Alice", known) == (
        "[@bob](/people/1/), [@Bob Explainer](/people/2/) and @Alice"
    )


def test_twenty_thousand_names_are_known_at_once() -> None:
    members = [(pk, f"Member{pk} Surname") for pk in range(20_000)]
    started = time.perf_counter()
    assert names_of(members)["member19999"] == 19_999
    assert time.perf_counter() - started < 2.0
