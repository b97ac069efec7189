"""One entry of a Slack day file: whether it is something that somebody said, and what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twodesks.imports.engine.blocks import attachment_to_markdown, blocks_to_markdown
from twodesks.imports.engine.mrkdwn import Converted, fenced, plain_words, to_markdown
from twodesks.imports.engine.plain import clean, cut, dicts_in, emoji_of, moment, one_line, safe_link, with_files
from twodesks.imports.engine.records import (
    Item,
    LeftOut,
    Naming,
    Reason,
    SourceFile,
    SourceMessage,
    SourcePerson,
    SourceReaction,
    Stretch,
    Wishes,
)

# What people say; anything else with words and an author is taken as said too, so that nothing is lost.
_SAID = {
    None, "", "bot_message", "me_message", "file_share", "file_comment", "file_mention", "thread_broadcast",
    "reply_broadcast", "slackbot_response", "document_mention", "assistant_app_thread",
}  # fmt: skip
_COMING_AND_GOING = re.compile(r"^(channel|group|mpim)_(join|leave)$|^joiner_notification|^guest_")
_NOTICE = re.compile(
    r"^(channel|group|mpim)_(topic|purpose|name|archive|unarchive|convert|posting|canvas|access)|^(un)?pinned_item$"
    r"|^bot_(add|remove|enable|disable)|^huddle|^sh_room|^room_|^reminder|_canvas_|^list_|^app_conversation|_notification$"
    r"|^channel_and|^new_channel|^sharing_|^shared_"
)
_DELETED = {"tombstone", "message_deleted", "ekm_access_denied"}
_UPLOAD = re.compile(
    r"(?:uploaded a file|shared a file|added a file|created a \w+|commented on .{1,80}?'s file): <[^>\n]*>(.*)$",
    re.DOTALL,
)
_COMMENT = re.compile(r"^\s*(?:and commented|and said)?: ?", re.DOTALL)
_MINIMUM_QUESTION = 12


@dataclass(slots=True)
class Changes:
    """What a channel's events say of its messages, by their times: an event may stand in another day's file."""

    deleted: set[str] = field(default_factory=set)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    carried_out: set[str] = field(default_factory=set)

    def hear(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            if entry.get("subtype") == "message_deleted":
                self.deleted.add(clean(entry.get("deleted_ts")))
            elif _is_change(entry):
                self.changed[clean(entry["message"].get("ts"))] = _changed(entry)


def removed_in(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Times of the messages that entries say were taken back."""
    for entry in entries:
        if entry.get("subtype") == "message_deleted":
            yield clean(entry.get("deleted_ts"))
        elif entry.get("subtype") == "tombstone":
            yield clean(entry.get("ts"))


def _changed(entry: dict[str, Any]) -> dict[str, Any]:
    """The message of an event that changed it; the event knows when, where the message does not."""
    message: dict[str, Any] = entry["message"]
    return message if isinstance(message.get("edited"), dict) else {**message, "edited": {"ts": entry.get("ts")}}


def _is_change(entry: dict[str, Any]) -> bool:
    return entry.get("subtype") == "message_changed" and isinstance(entry.get("message"), dict)


def settle(entries: list[dict[str, Any]], where: str, changes: Changes) -> tuple[list[dict[str, Any]], list[LeftOut]]:
    """Entries in the order of their times; events of any day that change or delete one of them are carried out."""
    left: list[LeftOut] = []
    by_ts: dict[str, dict[str, Any]] = {}
    for entry in entries:
        ts = clean(entry.get("ts"))
        if entry.get("subtype") == "message_deleted":
            left.append(LeftOut(Reason.DELETED, f"{where}, {clean(entry.get('deleted_ts'))}"))
        elif _is_change(entry):
            changed = clean(entry["message"].get("ts"))
            # Of a message that is in no file there is only this.
            if changed not in changes.carried_out and changed not in by_ts:
                by_ts[changed or f"none {len(by_ts)}"] = changes.changed.get(changed) or _changed(entry)
            else:
                left.append(LeftOut(Reason.OLDER_WORDING, f"{where}, {changed}"))
        elif ts in by_ts:
            left.append(LeftOut(Reason.REPEATED, f"{where}, {ts}"))
        else:
            if ts in changes.changed:
                changes.carried_out.add(ts)
            by_ts[ts or f"none {len(by_ts)}"] = changes.changed.get(ts, entry)
    for ts in changes.deleted & by_ts.keys():
        del by_ts[ts]
    ordered = sorted(by_ts.items(), key=lambda pair: (_seconds(pair[0]), pair[0]))
    return [entry for _, entry in ordered], left


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0


def judge(entry: dict[str, Any], wishes: Wishes, where: str) -> datetime | LeftOut:
    """When it was said, or why it is left out."""
    subtype = entry.get("subtype")
    subtype = subtype if isinstance(subtype, str) else None
    ts = clean(entry.get("ts"))
    at = moment(ts)
    example = f"{where}, {ts}"
    if at is None or entry.get("type", "message") != "message":
        return LeftOut(Reason.UNREADABLE_MESSAGE, f"{where}, {ts or 'without a time'}")
    if subtype not in _SAID and (reason := _reason_of(subtype or "")) is not None:
        return LeftOut(reason, example)
    if entry.get("is_hidden_by_limit") or (subtype == "tombstone"):
        return LeftOut(Reason.DELETED, example)
    if not wishes.bots and is_by_bot(entry):
        return LeftOut(Reason.BOT, example)
    if not _has_anything(entry):
        return LeftOut(Reason.EMPTY, example)
    return at


def _reason_of(subtype: str) -> Reason | None:
    if _COMING_AND_GOING.search(subtype):
        return Reason.COMING_AND_GOING
    if subtype in _DELETED:
        return Reason.DELETED
    return Reason.NOTICE if _NOTICE.search(subtype) else None


def is_by_bot(entry: dict[str, Any]) -> bool:
    """Apps and Slackbot. A person who shares a file by an app has a bot's id as well, and is a person."""
    if entry.get("user") == "USLACKBOT" or entry.get("subtype") in ("bot_message", "slackbot_response"):
        return True
    return bool(entry.get("bot_id")) and entry.get("subtype") not in ("file_share", "file_comment")


def _has_anything(entry: dict[str, Any]) -> bool:
    return bool(
        clean(entry.get("text")).strip()
        or entry.get("files")
        or entry.get("file")
        or entry.get("blocks")
        or entry.get("attachments")
    )


def author_of(entry: dict[str, Any]) -> str:
    """The key of who said it; a comment on a file is by the commenter; an app is known by its id or its name."""
    comment = entry.get("comment")
    user = clean(entry.get("user")) or (clean(comment.get("user")) if isinstance(comment, dict) else "")
    if user:
        return user
    bot = clean(entry.get("bot_id")) or one_line(entry.get("username"), 80)
    return f"bot:{bot}" if bot else "nobody"


def writer_of(entry: dict[str, Any], key: str) -> SourcePerson:
    """Somebody whom the list of people does not have, from what the message says of its writer."""
    for told in (entry.get("user_profile"), entry.get("bot_profile")):
        if isinstance(told, dict):
            name = one_line(told.get("real_name") or told.get("display_name") or told.get("name"), 120)
            if name:
                return SourcePerson(key, name, handle=one_line(told.get("name"), 80), is_bot=key.startswith("bot:"))
    label = re.match(r"<@([A-Z0-9]+)\|([^>\n]{1,80})>", clean(entry.get("text")))
    if label and label[1] == key:
        return SourcePerson(key, one_line(label[2], 120), handle=one_line(label[2], 80))
    name = one_line(entry.get("username"), 120)
    if not name:
        name = "Somebody" if key == "nobody" else key.removeprefix("bot:")
    return SourcePerson(key, name, is_bot=key.startswith("bot:"))


def looks_like_question(entry: dict[str, Any]) -> bool:
    text = clean(entry.get("text"))
    return "?" in text and len(text) >= _MINIMUM_QUESTION


def to_message(
    entry: dict[str, Any], stretch: Stretch, author_key: str, naming: Naming, uploads: dict[str, str]
) -> Iterator[Item]:
    """The message, and beside it what of it does not come."""
    ts, thread = clean(entry.get("ts")), clean(entry.get("thread_ts"))
    example = f"{stretch.key}, {ts}"
    files, gone = _files(entry, uploads, example)
    yield from gone
    body, left = _body(entry, naming, example)
    yield from left
    markdown, was_cut = cut(with_files(body.markdown, files))
    if was_cut:
        yield LeftOut(Reason.CUT, example)
    at = moment(ts)
    if at is None or (not markdown.strip() and not files):
        yield LeftOut(Reason.EMPTY, example)
        return
    edited = entry.get("edited")
    yield SourceMessage(
        key=f"{stretch.channel_key}:{ts}",
        channel_key=stretch.channel_key,
        author_key=author_key,
        sent_at=at,
        markdown=markdown,
        thread_key=f"{stretch.channel_key}:{thread}" if thread and is_threaded(entry) else None,
        edited_at=moment(edited.get("ts")) if isinstance(edited, dict) else None,
        reactions=_reactions(entry.get("reactions")),
        files=files,
        mentions=tuple(dict.fromkeys(body.mentions)),
        is_bot=is_by_bot(entry),
    )


def is_threaded(entry: dict[str, Any]) -> bool:
    """Slack writes `thread_ts` into every message that ever was a parent, also once its replies are gone."""
    return entry.get("thread_ts") != entry.get("ts") or entry.get("reply_count") != 0


def _body(entry: dict[str, Any], naming: Naming, example: str) -> tuple[Converted, list[LeftOut]]:
    told = entry.get("text")
    body: Converted | None = None
    if entry.get("subtype") in ("file_share", "file_comment", "file_mention") and isinstance(entry.get("file"), dict):
        told = _words_with_file(entry)
    else:
        body = blocks_to_markdown(entry.get("blocks"), naming)
    if body is None:
        body = to_markdown(told, naming)
    parts, mentions, left = [body.markdown], list(body.mentions), []
    for attachment in dicts_in(entry.get("attachments")):
        if is_link_preview(attachment):
            left.append(LeftOut(Reason.LINK_PREVIEW, example))
            continue
        converted = attachment_to_markdown(attachment, naming)
        parts.append(converted.markdown)
        mentions.extend(converted.mentions)
    if entry.get("subtype") == "me_message" and parts[0]:
        parts[0] = f"_{parts[0]}_" if "\n" not in parts[0] and "_" not in parts[0] else parts[0]
    parts.extend(_snippets(entry))
    return Converted("\n\n".join(part for part in parts if part), mentions), left


def is_link_preview(attachment: dict[str, Any]) -> bool:
    """What Slack shows of a link; a message that was shared is not one, for its words are nowhere else."""
    if attachment.get("is_msg_unfurl") or attachment.get("is_share") or attachment.get("message_blocks"):
        return False
    return bool(attachment.get("from_url") or attachment.get("original_url") or attachment.get("is_app_unfurl"))


def _words_with_file(entry: dict[str, Any]) -> str:
    """Old exports tell of a file in a sentence: "<@U1|bob> uploaded a file: <link|title> and commented: words"."""
    comment = entry.get("comment")
    if isinstance(comment, dict) and comment.get("comment"):
        return clean(comment.get("comment"))
    text = clean(entry.get("text"))
    found = _UPLOAD.search(text)
    if found is None:
        return "" if re.match(r"^<@[^>]*> ?(uploaded|shared|added)", text) else text
    rest = found[1]
    return _COMMENT.sub("", rest, count=1) if rest.strip() else ""


def _snippets(entry: dict[str, Any]) -> Iterator[str]:
    """Code that was shared as a snippet: its beginning is in the export, and is what people look for."""
    for told in _file_entries(entry):
        preview = clean(told.get("preview"))
        if told.get("mode") == "snippet" and preview.strip():
            code = fenced(preview)
            yield f"{code}\n\n…" if told.get("preview_is_truncated") else code


def _file_entries(entry: dict[str, Any]) -> list[dict[str, Any]]:
    told = entry.get("files")
    return dicts_in(told if isinstance(told, list) else [entry.get("file")])


def _files(
    entry: dict[str, Any], uploads: dict[str, str], example: str
) -> tuple[tuple[SourceFile, ...], list[LeftOut]]:
    kept: list[SourceFile] = []
    left: list[LeftOut] = []
    for told in _file_entries(entry):
        key = clean(told.get("id"))
        name = one_line(plain_words(told.get("title")) or told.get("name"), 200) or "File"
        if told.get("mode") in ("tombstone", "hidden_by_limit") or told.get("file_access") == "file_not_found":
            left.append(LeftOut(Reason.FILE_GONE, example))
            if name != "File":
                kept.append(SourceFile(key, name))
            continue
        address = told.get("permalink") or told.get("url_private") or told.get("external_url")
        size = told.get("size")
        path = uploads.get(key, "")
        kept.append(SourceFile(key, name, safe_link(clean(address)), size if isinstance(size, int) else 0, path))
        if not path:
            left.append(LeftOut(Reason.FILE_LINK_ONLY, example))
    return tuple(kept), left


def _reactions(told: object) -> tuple[SourceReaction, ...]:
    found: list[SourceReaction] = []
    for entry in told if isinstance(told, list) else ():
        if isinstance(entry, dict) and entry.get("name"):
            users = entry.get("users")
            keys = tuple(clean(user) for user in users) if isinstance(users, list) else ()
            found.append(SourceReaction(emoji_of(clean(entry.get("name"))), keys))
    return tuple(found)
