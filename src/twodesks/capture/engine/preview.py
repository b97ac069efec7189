"""What a draft would hold, in a few words for a list: how much of whose words, voices, code, pictures and files."""

from collections import Counter
from collections.abc import Collection, Mapping

from twodesks.kit.counting import counted
from twodesks.language.drafting import Draft


def includes(
    draft: Draft, names: Mapping[str, str], authors: Mapping[int, str], voice_notes: Collection[int] = ()
) -> list[list[str]]:
    """[icon, words] each; `names` by author's key, `authors` the key of each message's author.

    `voice_notes` are the messages whose recording has sound alone; clips of others are called recordings.
    """
    kinds = Counter(block.kind for block in draft.blocks if block.kind != "clip")
    clips = [block for block in draft.blocks if block.kind == "clip"]
    kinds["voice"] = sum(any(one in voice_notes for one in block.message_ids) for block in clips)
    kinds["screen"] = len(clips) - kinds["voice"]
    found: list[list[str]] = []
    for author in draft.credits.explained[:2]:
        messages = {
            one for block in draft.blocks if block.kind != "context" for one in block.message_ids
            if authors.get(one) == author
        }  # fmt: skip
        if messages and author in names:
            steps = kinds["step"] if len(draft.credits.explained) == 1 else 0
            what = counted(steps, "step") if steps else counted(len(messages), "message")
            found.append(["message-square-quote", f"{names[author]}’s {what}"])
    for kind, icon, word, many in (
        ("voice", "audio-lines", "voice note", ""),
        ("screen", "video", "recording", ""),
        ("code", "code", "piece of code", "pieces of code"),
        ("file", "paperclip", "file", ""),
    ):
        if kinds[kind]:
            found.append([icon, counted(kinds[kind], word, many)])
    return found
