from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twodesks.language.untangling as package
from twodesks.language.untangling import ChatMessage, Link, Untangler, untangle


def said(*lines: str, every_s: float = 60.0, start: float = 1_700_000_000.0) -> list[ChatMessage]:
    """`anna: text` a line; ids are m0, m1, …"""
    parts = [line.split(": ", 1) for line in lines]
    return [ChatMessage(f"m{at}", start + at * every_s, who, text) for at, (who, text) in enumerate(parts)]


def conversations(links: Sequence[Link]) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for link in links:
        found.setdefault(link.conversation, set()).add(link.id)
    return list(found.values())


def test_two_conversations_at_once_are_told_apart() -> None:
    links = untangle(
        said(
            "anna: hi, does anybody know how to restart the billing worker?",
            "carl: where can I find the slides of the sales training?",
            "ben: anna: yes, use systemctl restart billing",
            "dora: carl: they are on the shared drive under training",
            "anna: ben: thanks, that worked",
            "carl: dora: found them, thank you",
        )
    )
    assert conversations(links) == [{"m0", "m2", "m4"}, {"m1", "m3", "m5"}]
    assert [link.reply_to for link in links[:4]] == [None, None, "m0", "m1"]


@pytest.mark.parametrize("mention", ["<@U2>", "<@U2|carl>", "@u2", "@U2:"])
def test_mentions_of_chat_tools_are_understood(mention: str) -> None:
    links = untangle(
        said(
            "U1: the build is red again, anyone?",
            "U2: who has the minutes of the meeting on Monday?",
            f"U3: {mention} I have them, will send them over",
            every_s=37.5,
        )
    )
    assert links[2].reply_to == "m1"


def test_people_are_known_by_parts_of_their_names() -> None:
    links = untangle(
        said(
            "Maria Lopez: how do I export the report as a spreadsheet?",
            "Tom Hill: is the office open on Friday?",
            "Nora: @Maria Lopez there is a button at the top right",
            "Otto: @tom yes it is, until five",
        )
    )
    assert [links[2].reply_to, links[3].reply_to] == ["m0", "m1"]


def test_known_threads_stay_as_they_are() -> None:
    talk = said(
        "anna: how do I reset my password?",
        "ben: lunch is ready in the kitchen",
        "carl: anna: use the link on the sign-in page",
        "dora: what is for lunch?",
        "anna: carl: that worked, thanks",
    )
    threaded = [
        replace(talk[0], thread="m0"),
        talk[1],
        replace(talk[2], thread="m0"),
        talk[3],
        replace(talk[4], thread="m2"),
    ]
    links = untangle(threaded)
    assert [link.id for link in links] == [message.id for message in talk]
    assert conversations(links)[0] == {"m0", "m2", "m4"}
    assert [links[0].reply_to, links[2].reply_to, links[4].reply_to] == [None, "m0", "m2"]
    assert {links[1].conversation, links[3].conversation}.isdisjoint({"m0", "m2"})


def test_a_thread_whose_beginning_is_not_there_keeps_together() -> None:
    talk = [replace(message, thread="gone") for message in said("anna: yes", "ben: no", "anna: well")]
    links = untangle(talk)
    assert {link.conversation for link in links} == {"gone"}
    assert {link.reply_to for link in links} == {"gone"}


def test_nothing_said_gives_no_links() -> None:
    assert untangle([]) == []
    assert Untangler().finish() == []


def test_one_message_begins_a_conversation() -> None:
    assert untangle(said("anna: hello")) == [Link("m0", "m0", None)]


def long_talk(count: int) -> list[ChatMessage]:
    chance = np.random.default_rng(3)
    people = [f"person{number}" for number in range(40)]
    words = [f"word{number}" for number in range(300)]
    talk = []
    for at in range(count):
        named = f"{chance.choice(people)}: " if chance.random() < 0.4 else ""
        text = named + " ".join(chance.choice(words, int(chance.integers(1, 12))))
        talk.append(ChatMessage(str(at), 60.0 * (at // 3), str(chance.choice(people)), text))
    return talk


def test_a_stream_gives_the_same_links_in_order_and_soon() -> None:
    talk = long_talk(3_000)
    untangler = Untangler()
    links: list[Link] = []
    waiting = 0
    for at, message in enumerate(talk, 1):
        links += untangler.add(message)
        waiting = max(waiting, at - len(links))
    assert waiting < 1_000
    links += untangler.finish()
    assert links == untangle(talk)
    assert [link.id for link in links] == [message.id for message in talk]


def test_every_link_goes_back_and_every_conversation_begins_with_its_first() -> None:
    links = untangle(long_talk(1_500))
    place = {link.id: at for at, link in enumerate(links)}
    by_id = {link.id: link for link in links}
    for link in links:
        if link.reply_to is None:
            assert link.conversation == link.id
        else:
            assert place[link.reply_to] < place[link.id]
            assert by_id[link.reply_to].conversation == link.conversation


messages = st.lists(
    st.tuples(
        st.floats(-1e9, 1e10),
        st.sampled_from(["", "anna", "Ben", "U1", "===", "☃", "a b", "|x|", "the", "\ud800", "bot"]),
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                ["anna: hi", "<@U1> ok", "@a b yes", "<@", "@", ":", "x " * 3000, "has joined", "!a | Ben"]
            ),
        ),
        st.sampled_from([None, None, None, "0", "nowhere"]),
    ),
    max_size=40,
)


@given(messages)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_gets_one_link(told: list[tuple[float, str, str, str | None]]) -> None:
    talk = [ChatMessage(str(at), ts, who, text, thread) for at, (ts, who, text, thread) in enumerate(told)]
    links = untangle(talk)
    assert [link.id for link in links] == [message.id for message in talk]
    for message, link in zip(talk, links, strict=True):
        if message.thread is None:
            assert link.reply_to is None or int(link.reply_to) < int(message.id)
        elif message.thread != message.id:
            assert link.reply_to == message.thread


def test_a_clock_put_back_does_not_matter() -> None:
    talk = said("anna: where is the key?", "ben: anna: in the drawer", "anna: ben: found it, thanks")
    back = [talk[0], replace(talk[1], ts=talk[1].ts - 86_400), replace(talk[2], ts=talk[2].ts - 86_400)]
    for told in (talk, back):
        assert [link.reply_to for link in untangle(told)] == [None, "m0", "m1"]


def test_what_is_shipped_is_small_and_has_its_card() -> None:
    folder = Path(package.__file__).parent
    assert (folder / "model.npz").stat().st_size < 5_000_000
    assert "CC-BY-4.0" in (folder / "MODEL.md").read_text(encoding="utf-8")
