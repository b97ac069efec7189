"""Private talk stays among those who were in it."""

import json
from pathlib import Path

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.queries import visible_channels
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.queries import visible_conversations
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.start_import import start_import
from twodesks.imports.tests.doing import SERVER, brought_in, looked_at
from twodesks.imports.tests.exports import ADA, BEN, CY, GENERAL, SECRET, THREAD, as_folder, said, slack_files
from twodesks.imports.tests.test_other_sources import (
    MATTERMOST,
    ZULIP,
    discord_file,
    discord_message,
    lines,
    zulip_message,
)


def test_what_is_said_in_a_channel_since_it_became_private_is_read_by_those_in_it(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, as_folder(slack_files({"general/2024-05-01.json": THREAD}), tmp_path / "first"))
    days = {
        "general/2024-05-01.json": THREAD,
        "general/2024-05-03.json": [
            said(BEN, "1714726800.1", "the salary of Cy, in the old thread", thread_ts=THREAD[0]["ts"]),
            said(BEN, "1714726900.1", "and loosely, the key of the safe"),
        ],
    }
    group = {"id": GENERAL, "name": "general", "members": [ADA, BEN]}
    second = as_folder(slack_files(days, groups=[group], **{"channels": []}), tmp_path / "second")
    run = brought_in(cast.dave, second)
    assert run.messages == 2
    private = Channel.objects.get(visibility="private")
    assert set(Message.objects.filter(conversation__channel=private).values_list("body", flat=True)) == {
        "the salary of Cy, in the old thread", "and loosely, the key of the safe"
    }  # fmt: skip
    assert set(private.memberships.values_list("member__name", flat=True)) == {"Alice Asker", "Ben Ito"}
    seen = Message.objects.filter(conversation__in=visible_conversations(acting(cast.erin)))
    assert set(seen.values_list("source_key", flat=True)) == {f"{GENERAL}:{entry['ts']}" for entry in THREAD}
    # A third export finds both again.
    more = said(ADA, "1714727000.1", "noted", thread_ts=THREAD[0]["ts"])
    as_folder({"general/2024-05-04.json": slack_files({"x": [more]})["x"]}, second)
    assert brought_in(cast.dave, second).messages == 1
    noted = Message.objects.get(body="noted").conversation
    assert noted == Message.objects.get(body__startswith="the salary").conversation
    assert Conversation.objects.filter(channel=private).count() == 2
    assert Channel.objects.filter(visibility="private").count() == 1


def test_who_joined_a_private_channel_since_is_let_in(cast: Cast, tmp_path: Path) -> None:
    days = {"secret/2024-05-01.json": [said(BEN, "1714554000.1", "among us")]}
    group = {"id": SECRET, "name": "secret", "members": [BEN]}
    path = as_folder(slack_files(days, groups=[group]), tmp_path / "export")
    brought_in(cast.dave, path)
    secret = Channel.objects.get(visibility="private")
    assert secret not in visible_channels(acting(cast.alice))
    days["secret/2024-05-02.json"] = [said(ADA, "1714640400.1", "thanks for having me")]
    as_folder(slack_files(days, groups=[group | {"members": [ADA, BEN]}]), path)
    brought_in(cast.dave, path)
    assert secret in visible_channels(acting(cast.alice))
    assert secret not in visible_channels(acting(cast.erin))
    assert CY not in secret.memberships.values_list("member__name", flat=True)


def direct(kind: str, cast: Cast, path: Path) -> tuple[Channel, ...]:
    """What the direct messages of an export become, chosen on the page, and who may read them."""
    run = looked_at(cast.dave, path, kind, direct=True)
    told = [one["key"] for one in (run.preview or {})["channels"]]
    start_import(actor=acting(cast.dave), run_id=run.pk, channels=dict.fromkeys(told, 0), work=False)
    assert run_import(actor=SERVER, run_id=run.pk).state == "report"
    return tuple(Channel.objects.filter(visibility="private").order_by("pk"))


def names(channel: Channel) -> set[str]:
    return set(channel.memberships.values_list("member__name", flat=True))


def test_direct_posts_of_mattermost_are_read_by_those_in_them(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "bulk.jsonl"
    path.write_bytes(MATTERMOST)
    found = direct("mattermost", cast, path)
    alone = Message.objects.get(body="alone").conversation
    assert alone.channel in found
    assert len(names(alone.channel)) == 2
    assert alone.channel not in visible_channels(acting(cast.dave))


def test_many_long_names_in_one_direct_channel_of_mattermost_fit(cast: Cast, tmp_path: Path) -> None:
    members = [f"a-very-long-user-name-of-somebody-{number:02}" for number in range(8)]
    post = {"channel_members": members, "user": members[3], "message": "all of us", "create_at": 1714554000009}
    people = [{"type": "user", "user": {"username": one, "email": f"{one}@elsewhere.example"}} for one in members]
    more = lines(*people, {"type": "direct_post", "direct_post": post})
    path = tmp_path / "bulk.jsonl"
    path.write_bytes(MATTERMOST + more)
    direct("mattermost", cast, path)
    assert len(names(Message.objects.get(body="all of us").conversation.channel)) == 8


def test_talk_of_two_in_zulip_is_read_by_both_and_nobody_else(cast: Cast, tmp_path: Path) -> None:
    realm = json.loads(ZULIP["realm.json"])
    realm["zerver_recipient"] += [{"id": 901, "type": 1, "type_id": 11}, {"id": 902, "type": 1, "type_id": 12}]
    told = [
        zulip_message(9001, 902, "only for you", subject="", sender=11),
        zulip_message(9002, 901, "and back to you", subject="", sender=12),
        zulip_message(9003, 902, "a note to myself", subject="", sender=12),
    ]
    files = {
        "realm.json": json.dumps(realm).encode(),
        "messages-000001.json": json.dumps({"zerver_message": told}).encode(),
    }
    direct("zulip", cast, as_folder(files, tmp_path / "zulip"))
    there, back, note = (Message.objects.get(source_key=key).conversation.channel for key in ("9001", "9002", "9003"))
    assert there == back != note
    assert (len(names(there)), len(names(note))) == (2, 1)


def test_private_thread_of_discord_stays_apart_from_its_open_channel(cast: Cast, tmp_path: Path) -> None:
    files = {
        "open.json": discord_file("GuildTextChat", "600", "general", [discord_message("1", "for all")]),
        "thread.json": discord_file("GuildPrivateThread", "700", "pay", [discord_message("2", "for us")], "600"),
        "direct.json": discord_file("DirectTextChat", "800", "ben", [discord_message("3", "for two")]),
    }
    found = direct("discord", cast, as_folder(files, tmp_path / "discord"))
    assert not Message.objects.get(body="for all").conversation.channel.is_private
    for words in ("for us", "for two"):
        channel = Message.objects.get(body=words).conversation.channel
        assert channel in found
        assert names(channel) == {Message.objects.get(body=words).author.name}  # type: ignore[union-attr]
