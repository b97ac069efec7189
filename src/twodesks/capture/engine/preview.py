"""What a draft would hold, in a few words for a list: how much of whose words, voices, code, pictures and files."""

from collections import Counter
from collections.abc import Mapping

from twodesks.language.drafting import Draft

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def includes(draft: Draft, names: Mapping[str, str], authors: Mapping[int, str]) -> list[list[str]]:
    """[icon, words] each; `names` by author's key, `authors` the key of each message's author."""
    kinds = Counter(block.kind for block in draft.blocks)
    found: list[list[str]] = []
    for author in draft.credits.explained[:2]:
        messages = {
            one for block in draft.blocks if block.kind != "context" for one in block.message_ids
            if authors.get(one) == author
        }  # fmt: skip
        if messages and author in names:
            steps = kinds["step"] if len(draft.credits.explained) == 1 else 0
            what = _counted(steps, "step") if steps else _counted(len(messages), "message")
            found.append(["message-square-quote", f"{names[author]}’s {what}"])
    for kind, icon, word in (
        ("clip", "audio-lines", "voice note"),
        ("code", "code", "piece of code"),
        ("file", "paperclip", "file"),
    ):
        if kinds[kind]:
            found.append([icon, _counted(kinds[kind], word)])
    return found


def _counted(count: int, word: str) -> str:
    many = "pieces of code" if word == "piece of code" else f"{word}s"
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} {word if count == 1 else many}"
