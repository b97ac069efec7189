"""Stack Exchange, Zulip, Discord and Mattermost: what their exports give."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.bench_data import real_data
from twodesks.imports.engine.records import Reach, Reason, Said, Wishes
from twodesks.imports.engine.rows import ROWS
from twodesks.imports.engine.sources import open_source
from twodesks.imports.tests.exports import as_folder, as_zip
from twodesks.imports.tests.reading import read_all
from twodesks.kit.problem import Invalid

POSTS = """<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2020-01-01T10:00:00.000" Score="9" OwnerUserId="7"
    Title="Why does it &lt;stop&gt;?" Tags="&lt;motors&gt;&lt;heat&gt;"
    Body="&lt;p&gt;It *stops* at &lt;code&gt;if a &amp;lt; b&lt;/code&gt;.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"/>
  <row Id="2" PostTypeId="5" CreationDate="2020-01-01T10:00:00.000" Body="about a tag"/>
  <row Id="3" PostTypeId="2" ParentId="1" CreationDate="2020-01-01T11:00:00.000" Score="4" OwnerDisplayName="gone1"
    LastEditDate="2020-01-02T11:00:00.000" Body="&lt;pre&gt;&lt;code&gt;cool()&#xA;&lt;/code&gt;&lt;/pre&gt;"/>
  <row Id="4" PostTypeId="2" ParentId="1" CreationDate="never" Body="x"/>
</posts>"""
DUMP = {
    "Posts.xml": POSTS.encode(),
    "Users.xml": b'<users><row Id="7" DisplayName="Ada &amp; Co"/></users>',
    "Votes.xml": b'<votes><row Id="1" PostId="1" VoteTypeId="2"/><row Id="2" PostId="1" VoteTypeId="3"/>'
    b'<row Id="3" PostId="1" VoteTypeId="2"/><row Id="4" PostId="3" VoteTypeId="1"/>'
    b'<row Id="5" PostId="3" VoteTypeId="8"/></votes>',
    "Comments.xml": b'<comments><row Id="1" PostId="3" Score="2" Text="It `works`" UserId="7"'
    b' CreationDate="2020-01-01T12:00:00"/></comments>',
    "Badges.xml": b"<badges/>",
}


def test_stack_exchange_gives_questions_answers_comments_votes_and_who_was_accepted(tmp_path: Path) -> None:
    told = read_all("stackexchange", as_folder(DUMP, tmp_path / "robots.meta"))
    question, answer, comment = told.messages
    assert (question.said, question.title, question.topics) == (
        Said.QUESTION,
        "Why does it <stop>?",
        ("motors", "heat"),
    )
    assert question.markdown == "It \\*stops\\* at `if a < b`."
    assert question.votes == 1
    assert (answer.is_accepted, answer.reply_to, answer.author_key, answer.votes) == (True, "post:1", "gone:gone1", 4)
    assert answer.markdown == "```\ncool()\n```"
    assert answer.edited_at is not None
    assert (comment.said, comment.reply_to, comment.markdown, comment.votes) == (
        Said.COMMENT,
        "post:3",
        "It `works`",
        2,
    )
    assert {message.thread_key for message in told.messages} == {"post:1"}
    assert (told.outline.name, told.outline.people[0].name) == ("robots", "Ada & Co")
    assert [(person.key, person.is_gone) for person in told.strangers] == [("gone:gone1", True)]
    for reason in (Reason.PAGE, Reason.VOTE, Reason.OTHER_FILE, Reason.UNREADABLE_MESSAGE):
        assert told.count(reason) == 1, reason


def test_stack_exchange_file_that_breaks_off_gives_what_is_before(tmp_path: Path) -> None:
    files = DUMP | {"Posts.xml": POSTS[: POSTS.index('<row Id="4"')].encode()}
    told = read_all("stackexchange", as_folder(files, tmp_path))
    assert len(told.messages) == 3
    assert told.count(Reason.UNREADABLE_FILE) == 1


def test_stack_exchange_file_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE posts [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><posts><row Id="1" Body="&b;"/></posts>'
    with pytest.raises(Invalid, match="declares entities"):
        open_source("stackexchange", as_folder(DUMP | {"Posts.xml": bomb}, tmp_path))


def test_long_files_are_read_in_parts_and_from_the_middle(tmp_path: Path) -> None:
    rows = "".join(
        f'<row Id="{n}" PostTypeId="1" CreationDate="2020-01-01T10:00:00" OwnerUserId="7" Title="t" Body="q{n}"/>'
        for n in range(1, ROWS + 11)
    )
    folder = as_folder(DUMP | {"Posts.xml": f"<posts>{rows}</posts>".encode()}, tmp_path)
    told = read_all("stackexchange", folder)
    assert len(told.messages) == ROWS + 11
    source = open_source("stackexchange", folder)
    second = list(source.stretches(Wishes()))[1]
    assert len(list(source.look(second, Wishes()))) == 10


@pytest.mark.parametrize(
    ("name", "questions", "answers", "accepted", "comments"),
    [("bicycles-meta", 453, 971, 157, 2_448), ("constructed-languages", 54, 115, 11, 230)],
)
def test_real_stack_exchange_dumps_come_whole(
    name: str, questions: int, answers: int, accepted: int, comments: int
) -> None:
    told = read_all("stackexchange", real_data(f"stackexchange/{name}"))
    kinds = [message.said for message in told.messages]
    assert (kinds.count(Said.QUESTION), kinds.count(Said.ANSWER), kinds.count(Said.COMMENT)) == (
        questions,
        answers,
        comments,
    )
    assert sum(message.is_accepted for message in told.messages) == accepted
    assert told.count(Reason.UNREADABLE_MESSAGE) == 0


REALM: dict[str, Any] = {
    "zerver_realm": [{"uuid": "r-1", "name": "Robots"}],
    "zerver_userprofile": [
        {"id": 11, "full_name": "Ada Harlow", "delivery_email": "Alice@example.org", "is_active": True},
        {"id": 12, "full_name": "Ben Ito", "email": "user12@zulip.example", "is_active": False},
        {"id": 13, "full_name": "Build Bot", "is_bot": True},
    ],
    "zerver_stream": [
        {"id": 1, "name": "ops", "description": "On duty", "invite_only": False, "date_created": 1.6e9},
        {"id": 2, "name": "board", "invite_only": True},
    ],
    "zerver_recipient": [
        {"id": 101, "type": 2, "type_id": 1},
        {"id": 102, "type": 2, "type_id": 2},
        {"id": 103, "type": 1, "type_id": 11},
    ],
    "zerver_subscription": [
        {"recipient": 102, "user_profile": 11, "active": True},
        {"recipient": 102, "user_profile": 12, "active": False},
    ],
    "zerver_reaction": [
        {
            "message": 1,
            "user_profile": 12,
            "emoji_name": "thumbs_up",
            "emoji_code": "1f44d",
            "reaction_type": "unicode_emoji",
        }
    ],
}


def zulip_message(key: int, recipient: int, content: str, subject: str = "Gripper", sender: int = 11) -> dict[str, Any]:
    return {
        "id": key,
        "sender": sender,
        "recipient": recipient,
        "subject": subject,
        "content": content,
        "date_sent": 1.7e9 + key,
        "last_edit_time": None,
    }


ZULIP = {
    "realm.json": json.dumps(REALM).encode(),
    "attachment.json": json.dumps(
        {"zerver_attachment": [{"path_id": "1/ab/plan.pdf", "file_name": "plan.pdf", "size": 4, "messages": [2]}]}
    ).encode(),
    "uploads/1/ab/plan.pdf": b"%PDF",
    "messages-000001.json": json.dumps(
        {
            "zerver_message": [
                zulip_message(1, 101, "@**Ben Ito|12** look at #**ops>Gripper** :tada:\nnow\n```py\nx == :tada:\n```"),
                zulip_message(2, 101, "see [plan](/user_uploads/1/ab/plan.pdf)", "✔ gripper", 12),
                zulip_message(3, 102, "among us"),
                zulip_message(4, 103, "to you alone"),
                zulip_message(5, 101, "green", sender=13),
                zulip_message(6, 999, "nowhere"),
                zulip_message(7, 101, "loose talk", ""),
            ]
        }
    ).encode(),
}


def test_zulip_gives_topics_as_threads_with_members_mentions_and_files(tmp_path: Path) -> None:
    told = read_all("zulip", as_folder(ZULIP, tmp_path / "export"))
    first, second, third, loose = told.messages
    assert first.thread_key == second.thread_key == "stream:1:gripper"
    assert first.title == "Gripper"
    assert first.markdown == "@Ben Ito look at \\#ops (Gripper) 🎉  \nnow\n```py\nx == :tada:\n```"
    assert first.mentions == ("12",)
    assert [(reaction.emoji, reaction.person_keys) for reaction in first.reactions] == [("👍", ("12",))]
    assert (second.markdown, second.files[0].archive_path) == ("see", "uploads/1/ab/plan.pdf")
    assert (third.channel_key, loose.thread_key) == ("stream:2", None)
    board = next(channel for channel in told.outline.channels if channel.name == "board")
    assert (board.reach, board.member_keys) == (Reach.PRIVATE, ("11",))
    assert told.outline.people[0].email == "alice@example.org"
    assert told.outline.people[1].is_gone
    for reason in (Reason.BOT, Reason.DIRECT, Reason.UNREADABLE_MESSAGE):
        assert told.count(reason) == 1, reason


def test_zulip_comes_from_its_tar_file_as_well(tmp_path: Path) -> None:
    path = tmp_path / "zulip-export.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in ZULIP.items():
            entry = tarfile.TarInfo(f"zulip-export-1/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    told = read_all("zulip", path)
    assert len(told.messages) == 4
    assert "plan.pdf" in told.messages[1].markdown
    assert told.count(Reason.FILE_PACKED) == 1


def test_zulip_messages_that_are_broken_are_told_and_a_broken_realm_is_refused(tmp_path: Path) -> None:
    told = read_all("zulip", as_folder(ZULIP | {"messages-000002.json": b'{"zerver_mess'}, tmp_path / "a"))
    assert (len(told.messages), told.count(Reason.UNREADABLE_FILE)) == (4, 1)
    with pytest.raises(Invalid, match="names no people"):
        open_source("zulip", as_folder(ZULIP | {"realm.json": b"{}"}, tmp_path / "b"))


def discord_file(kind: str, key: str, name: str, messages: list[dict[str, Any]], category: str = "500") -> bytes:
    return json.dumps(
        {
            "guild": {"id": "1", "name": "Robots"},
            "channel": {
                "id": key,
                "type": kind,
                "categoryId": category,
                "category": "help",
                "name": name,
                "topic": "Ask",
            },
            "messages": messages,
            "messageCount": len(messages),
        }
    ).encode()


def discord_message(key: str, content: str, **more: Any) -> dict[str, Any]:
    author = {"id": "77000001", "name": "ada", "nickname": "Ada Harlow", "isBot": False}
    return {
        "id": key,
        "type": "Default",
        "timestamp": "2024-05-01T12:00:00.000+02:00",
        "content": content,
        "author": author,
        **more,
    }


DISCORD = {
    "help.json": discord_file(
        "GuildTextChat",
        "500",
        "help",
        [
            discord_message(
                "10", "hello <@88000002> <:robot:123456>\nnow", mentions=[{"id": "88000002", "name": "Ben"}]
            ),
            discord_message(
                "11",
                "use `<@1>`",
                type="Reply",
                reference={"messageId": "10"},
                timestampEdited="2024-05-01T12:05:00+02:00",
            ),
            discord_message("12", "joined", type="GuildMemberJoin"),
            discord_message("13", "green", author={"id": "9", "name": "ci", "isBot": True}),
            discord_message(
                "14", "", attachments=[{"id": "1", "url": "help_Files/a.png", "fileName": "a.png", "fileSizeBytes": 4}]
            ),
            discord_message("15", "pinned", type="ChannelPinnedMessage"),
            discord_message("16", "https://a.b", embeds=[{"url": "https://a.b", "title": "A"}]),
        ],
        category="400",
    ),
    "help_Files/a.png": b"\x89PNG",
    "thread.json": discord_file("GuildPublicThread", "600", "Gripper stuck?", [discord_message("20", "how?")]),
    "dm.json": discord_file("DirectTextChat", "700", "Ben", [discord_message("30", "to you alone")]),
    "notes.json": b'{"a": 1}',
}


def test_discord_gives_channels_threads_replies_and_files(tmp_path: Path) -> None:
    told = read_all("discord", as_folder(DISCORD, tmp_path))
    hello, reply, picture, link, asked = told.messages
    assert hello.markdown == "hello @Ben :robot:  \nnow"
    assert hello.mentions == ("88000002",)
    assert (reply.reply_to, reply.markdown, reply.thread_key) == ("10", "use `<@1>`", None)
    assert reply.edited_at is not None
    assert picture.files[0].archive_path == "help_Files/a.png"
    assert link.markdown == "https://a.b"
    assert (asked.channel_key, asked.thread_key, asked.title) == ("500", "thread:600", "Gripper stuck?")
    assert {person.name for person in told.strangers} == {"Ada Harlow", "Ben"}
    for reason in (Reason.COMING_AND_GOING, Reason.BOT, Reason.NOTICE, Reason.LINK_PREVIEW, Reason.DIRECT):
        assert told.count(reason) == 1, reason


def test_discord_file_that_breaks_off_gives_what_is_before(tmp_path: Path) -> None:
    raw = DISCORD["help.json"]
    told = read_all("discord", as_folder({"help.json": raw[: raw.index(b"pinned")]}, tmp_path))
    assert len(told.messages) == 3
    assert told.count(Reason.UNREADABLE_FILE) == 1
    with pytest.raises(Invalid, match="--format Json"):
        open_source("discord", as_folder({"x.json": b"{}"}, tmp_path / "other"))


def lines(*objects: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(entry).encode() for entry in objects) + b"\n"


MATTERMOST = lines(
    {"type": "version", "version": 1},
    {"type": "team", "team": {"name": "robots"}},
    {
        "type": "channel",
        "channel": {"team": "robots", "name": "ops", "display_name": "Ops", "type": "O", "purpose": "On duty"},
    },
    {"type": "channel", "channel": {"team": "robots", "name": "board", "display_name": "Board", "type": "P"}},
    {
        "type": "user",
        "user": {
            "username": "ada",
            "email": "alice@example.org",
            "first_name": "Ada",
            "last_name": "Harlow",
            "teams": [{"name": "robots", "channels": [{"name": "board"}, {"name": "ops"}]}],
        },
    },
    {"type": "user", "user": {"username": "ben.ito", "email": "ben@elsewhere.example", "delete_at": 5}},
    {
        "type": "post",
        "post": {
            "team": "robots",
            "channel": "ops",
            "user": "ada",
            "message": "@ben.ito, is ~board on?\nsay",
            "create_at": 1714554000000,
            "reactions": [{"user": "ben.ito", "emoji_name": "+1"}],
            "replies": [{"user": "ben.ito", "message": "yes", "create_at": 1714554060000, "edit_at": 1714554061000}],
            "attachments": [{"path": "2024/plan.pdf"}],
        },
    },
    {
        "type": "post",
        "post": {
            "team": "robots",
            "channel": "ops",
            "user": "ada",
            "message": "joined",
            "type": "system_join_channel",
            "create_at": 1714554000001,
        },
    },
    {
        "type": "post",
        "post": {
            "team": "robots",
            "channel": "ops",
            "user": "ada",
            "message": "green",
            "props": {"from_webhook": "true"},
            "create_at": 1714554000002,
        },
    },
    {
        "type": "post",
        "post": {
            "team": "robots",
            "channel": "board",
            "user": "ada",
            "message": "among us",
            "create_at": 1714554000003,
        },
    },
    {"type": "direct_channel", "direct_channel": {"members": ["ada", "ben.ito"]}},
    {
        "type": "direct_post",
        "direct_post": {
            "channel_members": ["ada", "ben.ito"],
            "user": "ada",
            "message": "alone",
            "create_at": 1714554000004,
        },
    },
)


def test_mattermost_gives_posts_with_replies_members_and_files(tmp_path: Path) -> None:
    path = as_zip({"import.jsonl": MATTERMOST + b"{broken\n", "data/2024/plan.pdf": b"%PDF"}, tmp_path / "e.zip")
    told = read_all("mattermost", path)
    post, reply, private = told.messages
    assert post.markdown == "@ben.ito, is \\#Board on?  \nsay"
    assert (post.mentions, post.files[0].archive_path) == (("ben.ito",), "data/2024/plan.pdf")
    assert [(reaction.emoji, reaction.person_keys) for reaction in post.reactions] == [("👍", ("ben.ito",))]
    assert (reply.thread_key, reply.reply_to) == (post.thread_key, post.key)
    assert reply.edited_at is not None
    board = next(channel for channel in told.outline.channels if channel.name == "Board")
    assert (private.channel_key, board.reach, board.member_keys) == (board.key, Reach.PRIVATE, ("ada",))
    for reason in (Reason.COMING_AND_GOING, Reason.BOT, Reason.DIRECT, Reason.UNREADABLE_MESSAGE):
        assert told.count(reason) == 1, reason


def test_mattermost_comes_from_its_lines_alone_and_direct_posts_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "bulk.jsonl"
    path.write_bytes(MATTERMOST)
    told = read_all("mattermost", path, Wishes(direct_messages=True))
    assert "alone" in told.texts
    assert told.count(Reason.FILE_GONE) == 1
    path.write_bytes(b'{"type": "post"}\n')
    with pytest.raises(Invalid, match="mmctl export create"):
        open_source("mattermost", path)
