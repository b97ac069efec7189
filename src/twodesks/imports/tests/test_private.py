"""Private talk stays among those who were in it."""

from pathlib import Path

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.queries import visible_channels
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.queries import visible_conversations
from twodesks.imports.tests.doing import brought_in
from twodesks.imports.tests.exports import ADA, BEN, CY, GENERAL, SECRET, THREAD, as_folder, said, slack_files


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
