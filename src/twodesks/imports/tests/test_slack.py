"""Slack exports: what comes, what does not and why, and what is broken in them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench_data import real_data
from twodesks.imports.engine.records import PlainNaming, Reach, Reason, SourceMessage, Wishes
from twodesks.imports.engine.sources import open_source
from twodesks.imports.tests.exports import (
    ADA,
    BEN,
    CY,
    DIRECT,
    GENERAL,
    SECRET,
    THREAD,
    as_folder,
    as_zip,
    said,
    slack_files,
    slack_person,
)
from twodesks.imports.tests.reading import Told, read_all
from twodesks.kit.problem import Invalid


def export(tmp_path: Path, day: object, wishes: Wishes | None = None, **lists: object) -> Told:
    folder = as_folder(slack_files({"general/2024-05-01.json": day}, **lists), tmp_path / "export")
    return read_all("slack", folder, wishes)


def test_thread_comes_with_authors_mentions_reactions_and_times(tmp_path: Path) -> None:
    told = export(tmp_path, THREAD)
    question, answer, thanks = told.messages
    assert {message.thread_key for message in told.messages} == {f"{GENERAL}:1714554000.000100"}
    assert question.markdown == "How do I reset the **gripper**? `reset --all` \\<fails>"
    assert (answer.author_key, answer.mentions, answer.markdown) == (BEN, (ADA,), "@Ada Harlow hold the button for 5 s")
    assert [(r.emoji, r.person_keys) for r in thanks.reactions] == [("👍", (BEN,)), (":our-robot:", (BEN, ADA))]
    assert thanks.markdown == "Thanks, that worked 🎉"
    assert (answer.sent_at - question.sent_at).total_seconds() == pytest.approx(60.0001)
    assert told.glances[0].is_question
    assert [glance.is_reply for glance in told.glances] == [False, True, True]


def test_people_and_channels_are_told_as_they_are(tmp_path: Path) -> None:
    told = export(tmp_path, THREAD)
    ada, _, bot = told.outline.people
    assert (ada.name, ada.email, bot.is_bot) == ("Ada Harlow", "alice@example.org", True)
    (general,) = told.outline.channels
    assert (general.name, general.purpose, general.reach) == ("general", "Everything & more", Reach.OPEN)
    assert told.outline.identity == "T0TEAM001"


def test_private_channels_keep_their_members_and_direct_messages_come_only_when_asked_for(tmp_path: Path) -> None:
    files = slack_files(
        {
            "general/2024-05-01.json": THREAD,
            "secret/2024-05-01.json": [said(ADA, "1714554000.1", "among us")],
            f"{DIRECT}/2024-05-01.json": [said(ADA, "1714554000.2", "to you alone")],
        },
        groups=[{"id": SECRET, "name": "secret", "members": [ADA, BEN]}],
        dms=[{"id": DIRECT, "members": [ADA, BEN]}],
    )
    told = read_all("slack", as_folder(files, tmp_path))
    assert "to you alone" not in told.texts
    assert told.count(Reason.DIRECT) == 1
    secret = next(channel for channel in told.outline.channels if channel.key == SECRET)
    assert (secret.reach, secret.member_keys) == (Reach.PRIVATE, (ADA, BEN))
    asked = read_all("slack", tmp_path, Wishes(direct_messages=True))
    assert "to you alone" in asked.texts
    some = read_all("slack", tmp_path, Wishes(channels=frozenset({SECRET})))
    assert some.texts == ["among us"]
    assert some.count(Reason.NOT_ASKED) == 1


def test_notices_joins_deletions_and_bots_are_counted_and_bots_come_when_asked_for(tmp_path: Path) -> None:
    day = [
        said(ADA, "1714554000.1", "joined", subtype="channel_join"),
        said(ADA, "1714554000.2", "set the topic", subtype="channel_topic"),
        said(ADA, "1714554000.3", "This message was deleted.", subtype="tombstone"),
        said("", "1714554000.4", "build is green", subtype="bot_message", bot_id="B1", username="ci"),
        said(ADA, "1714554000.5", "  "),
        said(ADA, "1714554000.6", "waves", subtype="me_message"),
        said(ADA, "1714554000.7", "new words", subtype="something_new"),
        {"type": "other", "ts": "1714554000.8"},
    ]
    told = export(tmp_path, day)
    assert told.texts == ["_waves_", "new words"]
    for reason in (
        Reason.COMING_AND_GOING,
        Reason.NOTICE,
        Reason.DELETED,
        Reason.BOT,
        Reason.EMPTY,
        Reason.UNREADABLE_MESSAGE,
    ):
        assert told.count(reason) == 1, reason
    with_bots = read_all("slack", tmp_path / "export", Wishes(bots=True))
    assert "build is green" in with_bots.texts
    assert [(person.key, person.name, person.is_bot) for person in with_bots.strangers] == [("bot:B1", "ci", True)]


def test_edits_and_deletions_of_the_same_day_are_carried_out(tmp_path: Path) -> None:
    day = [
        said(ADA, "1714554000.1", "the first wording"),
        said(ADA, "1714554000.2", "oh no"),
        {
            "type": "message",
            "subtype": "message_changed",
            "ts": "1714554009.1",
            "message": said(ADA, "1714554000.1", "first", edited={"user": ADA, "ts": "1714554008.0"}),
        },
        {"type": "message", "subtype": "message_deleted", "ts": "1714554009.2", "deleted_ts": "1714554000.2"},
    ]
    told = export(tmp_path, day)
    assert told.texts == ["first"]
    assert told.messages[0].edited_at is not None
    assert (told.count(Reason.OLDER_WORDING), told.count(Reason.DELETED)) == (1, 1)


def test_files_links_snippets_and_shared_messages(tmp_path: Path) -> None:
    day = [
        said(
            ADA,
            "1714554000.1",
            "look",
            files=[
                {"id": "F1", "name": "plan.pdf", "title": "Plan", "permalink": "https://t.slack.com/files/F1?t=xoxe-1"},
                {"id": "F2", "mode": "tombstone"},
                {
                    "id": "F3",
                    "name": "x.py",
                    "mode": "snippet",
                    "preview": "print(1)",
                    "permalink": "https://t.slack.com/F3",
                },
            ],
        ),
        said(
            BEN,
            "1714554000.2",
            "see <https://example.org>",
            attachments=[
                {"from_url": "https://example.org", "title": "Example", "text": "about it"},
                {"is_msg_unfurl": True, "author_name": "Cy", "text": "what *Cy* said"},
            ],
        ),
        said(
            ADA,
            "1714554000.3",
            f"<@{ADA}|ada> uploaded a file: <https://t.slack.com/F4|Old> and commented: as we said",
            subtype="file_share",
            file={"id": "F4", "title": "Old", "url_private": "https://f/x?token=xoxe-9"},
        ),
    ]
    first, second, third = export(tmp_path, day).messages
    assert first.markdown.startswith("look\n\n```\nprint(1)\n```\n\n📎 [Plan](https://t.slack.com/files/F1)")
    assert second.markdown == "see <https://example.org>\n\n> **Cy**\n>\n> what **Cy** said"
    assert third.markdown.startswith("as we said\n\n📎 [Old](https://f/x")
    assert "xox" not in first.markdown + third.markdown
    told = read_all("slack", tmp_path / "export")
    assert (told.count(Reason.FILE_GONE), told.count(Reason.LINK_PREVIEW), told.count(Reason.FILE_LINK_ONLY)) == (
        1,
        1,
        3,
    )


def test_files_behind_links_and_files_that_are_gone_are_counted_and_named(tmp_path: Path) -> None:
    files = [
        {"id": "F1", "name": "a.pdf", "url_private": "https://files.slack.com/files-pri/T1-F1/a.pdf?t=xoxe-1"},
        {"id": "F2", "name": "b.pdf", "url_private": "javascript:alert(1)"},
        {"id": "F3", "name": "c.pdf", "file_access": "file_not_found", "permalink": "https://t.slack.com/F3"},
        {"id": "F4", "mode": "hidden_by_limit"},
        {"id": "F5", "name": "e.gdoc", "is_external": True, "external_url": "https://docs.example.org/e"},
    ]
    day = {"general/2024-05-01.json": [said(ADA, "1714554000.1", "", files=files)]}
    told = read_all("slack", as_folder(slack_files(day), tmp_path / "e"))
    assert told.texts == [
        "📎 [a.pdf](https://files.slack.com/files-pri/T1-F1/a.pdf)  \n📎 b.pdf  \n📎 c.pdf  \n"
        "📎 [e.gdoc](https://docs.example.org/e)"
    ]
    assert (told.count(Reason.FILE_LINK_ONLY), told.count(Reason.FILE_GONE)) == (3, 2)


def test_files_that_lie_beside_the_export_are_found(tmp_path: Path) -> None:
    day = [said(ADA, "1714554000.1", "look", files=[{"id": "F1", "name": "plan.pdf", "permalink": "https://t/F1"}])]
    files = slack_files({"general/2024-05-01.json": day}) | {"__uploads/F1/plan.pdf": b"%PDF"}
    (message,) = read_all("slack", as_zip(files, tmp_path / "e.zip")).messages
    assert message.files[0].archive_path == "__uploads/F1/plan.pdf"
    assert message.markdown == "look"


def test_reply_whose_parent_is_gone_keeps_its_thread(tmp_path: Path) -> None:
    told = export(tmp_path, [said(BEN, "1714554060.2", "hold the button", thread_ts="1700000000.1")])
    assert told.messages[0].thread_key == f"{GENERAL}:1700000000.1"


def test_parent_that_lost_its_replies_is_no_thread(tmp_path: Path) -> None:
    told = export(tmp_path, [said(BEN, "1714554060.2", "hello", thread_ts="1714554060.2", reply_count=0)])
    assert told.messages[0].thread_key is None


def test_times_out_of_order_are_put_in_order_and_repeated_ones_come_once(tmp_path: Path) -> None:
    day = [said(ADA, f"1714554{n}.1", str(n)) for n in ("300", "100", "200", "100")]
    told = export(tmp_path, day)
    assert told.texts == ["100", "200", "300"]
    assert told.count(Reason.REPEATED) == 1


@pytest.mark.parametrize("ts", ["", "yesterday", "-5", "1e99", "nan", None])
def test_times_that_are_none_are_told(tmp_path: Path, ts: object) -> None:
    told = export(tmp_path, [{**said(ADA, "1", "lost in time"), "ts": ts}, *THREAD])
    assert len(told.messages) == 3
    assert told.count(Reason.UNREADABLE_MESSAGE) == 1


def test_author_whom_no_list_names_comes_with_the_name_in_the_message(tmp_path: Path) -> None:
    day = [
        said("U0GONE001", "1714554000.1", "hi", user_profile={"real_name": "Dee Gone", "name": "dee"}),
        said("U0GONE002", "1714554000.2", "ho"),
    ]
    assert [(one.key, one.name) for one in export(tmp_path, day).strangers] == [
        ("U0GONE001", "Dee Gone"),
        ("U0GONE002", "U0GONE002"),
    ]


def test_two_people_of_one_name_stay_two(tmp_path: Path) -> None:
    users = [slack_person("U1", "Sam Lee"), slack_person("U2", "Sam Lee")]
    told = export(tmp_path, [said("U1", "1714554000.1", "a"), said("U2", "1714554000.2", "b")], users=users)
    assert [message.author_key for message in told.messages] == ["U1", "U2"]
    assert [person.name for person in told.outline.people] == ["Sam Lee", "Sam Lee"]


def test_hundred_thousand_letters_come_and_more_are_cut_and_told(tmp_path: Path) -> None:
    told = export(tmp_path, [said(ADA, "1714554000.1", "a " * 45_000), said(ADA, "1714554000.2", "*b* " * 60_000)])
    assert [len(text) for text in told.texts] == [pytest.approx(90_000, abs=2), pytest.approx(100_000, abs=100)]
    assert told.count(Reason.CUT) == 1


def test_day_that_was_cut_short_gives_what_is_whole(tmp_path: Path) -> None:
    raw = json.dumps(THREAD).encode()
    told = export(tmp_path, raw[: raw.index(b"Thanks")])
    assert len(told.messages) == 2
    assert told.count(Reason.UNREADABLE_FILE) == 1
    assert "after 2 messages" in told.left.examples[Reason.UNREADABLE_FILE][0]


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b'{"a": 1}', b'["x", 3]', b"\xff\xfe", b"[" * 5000])
def test_day_that_is_no_list_is_told_and_the_others_come(tmp_path: Path, raw: bytes) -> None:
    files = slack_files({"general/2024-05-01.json": raw, "general/2024-05-02.json": THREAD})
    told = read_all("slack", as_folder(files, tmp_path))
    assert len(told.messages) == 3
    assert told.count(Reason.UNREADABLE_FILE) == 1


def test_broken_list_of_people_is_refused_in_words(tmp_path: Path) -> None:
    files = slack_files({"general/2024-05-01.json": THREAD}) | {"users.json": b'[{"id": "U1"'}
    with pytest.raises(Invalid, match=r"users.json is not whole JSON.*Export again"):
        open_source("slack", as_folder(files, tmp_path))


def test_export_without_people_still_comes(tmp_path: Path) -> None:
    files = slack_files({"general/2024-05-01.json": THREAD})
    del files["users.json"]
    told = read_all("slack", as_folder(files, tmp_path))
    assert len(told.messages) == 3
    assert {person.key for person in told.strangers} == {ADA, BEN}


def test_folder_that_no_list_names_comes_as_a_channel_and_private_where_others_are(tmp_path: Path) -> None:
    files = slack_files({"old-team/2024-05-01.json": THREAD})
    told = read_all("slack", as_folder(files, tmp_path / "open"))
    assert (told.outline.channels[1].name, told.outline.channels[1].reach) == ("old-team", Reach.OPEN)
    files["groups.json"] = b"[]"
    told = read_all("slack", as_folder(files, tmp_path / "private"))
    assert told.outline.channels[1].reach is Reach.PRIVATE


ENTRY = st.dictionaries(
    st.sampled_from(
        [
            "type",
            "subtype",
            "user",
            "text",
            "ts",
            "thread_ts",
            "files",
            "file",
            "blocks",
            "attachments",
            "reactions",
            "edited",
            "message",
            "bot_id",
            "comment",
        ]
    ),
    st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=10),
            st.sampled_from(["message", "1714554000.1", "file_share", "message_changed", ADA, CY]),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["name", "users", "ts", "text", "id", "type", "elements", "user"]), inner, max_size=4
            ),
        ),
        max_leaves=8,
    ),
    max_size=8,
)


@given(st.lists(ENTRY, max_size=6))
def test_entries_of_any_shape_are_told_or_left_out_and_never_fail(
    tmp_path_factory: pytest.TempPathFactory, entries: list[dict[str, object]]
) -> None:
    files = slack_files({"general/2024-05-01.json": json.dumps(entries).encode()})
    told = read_all("slack", as_folder(files, tmp_path_factory.mktemp("export")), Wishes(bots=True))
    assert len(told.messages) <= len(entries)


def test_a_real_export_comes_whole(tmp_path: Path) -> None:
    """1,382 entries of a community's export: each is a message, or is left out for a reason."""
    told = read_all("slack", real_data("slack-houstondatavis"), Wishes(bots=True))
    said_nothing = sum(told.count(reason) for reason in (Reason.COMING_AND_GOING, Reason.NOTICE, Reason.REPEATED))
    assert len(told.messages) + said_nothing == 1_382
    assert told.count(Reason.UNREADABLE_MESSAGE) == told.count(Reason.UNREADABLE_FILE) == 0
    assert not told.strangers
    assert not [text for text in told.texts if "xoxe" in text]


def test_reading_again_gives_the_same_in_the_same_order(tmp_path: Path) -> None:
    path = as_zip(
        slack_files({"general/2024-05-01.json": THREAD, "general/2024-04-30.json": THREAD[:1]}), tmp_path / "e.zip"
    )

    def read() -> list[SourceMessage]:
        source = open_source("slack", path)
        naming = PlainNaming(source.outline())
        return [
            item
            for stretch in source.stretches(Wishes())
            for item in source.read(stretch, Wishes(), naming)
            if isinstance(item, SourceMessage)
        ]

    assert read() == read()
    assert len(read()) == 4
