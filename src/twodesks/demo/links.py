"""Links inside the demo's texts, from the names used in its files to addresses of this installation.

In the files: `insight:KEY`, `channel:NAME`, `person:KEY`, `recording:KEY`, and a clip, alone in its paragraph, as
`[Title](recording:KEY#say=first words..last words)`: the stretch in which those words are spoken. The same with
`#source=` at the end of a block, and with the speaker as title, says where the block came from.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from twodesks.kit.markdown import clip_markdown, source_markdown
from twodesks.kit.timecode import clock, media_fragment

_LINK = re.compile(r"\[([^\]]*)\]\((insight|channel|person|recording):([^)#]+)(?:#(say|source)=([^)]+))?\)")
_FOLDERS = {"insight": "insights", "channel": "channels", "person": "people"}
_LETTERS = re.compile(r"[^a-z0-9]+")
_LEAD_MS, _TAIL_MS = 150, 350
_CLOSE_ENOUGH = 0.6


@dataclass(frozen=True)
class Addresses:
    """What has been loaded so far, by the names that the files use."""

    insights: dict[str, int] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    recordings: dict[str, int] = field(default_factory=dict)
    words: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def of(self, folder: str) -> Mapping[str, object]:
        found: dict[str, Mapping[str, object]] = {
            "insights": self.insights,
            "channels": self.channels,
            "people": self.people,
        }
        return found[folder]


def with_addresses(body: str, addresses: Addresses) -> str:
    """The body with each link to something loaded; a link to what is not there (yet) becomes its words."""

    def replaced(link: re.Match[str]) -> str:
        label, kind, key, form, said = link.groups()
        if kind == "recording":
            return _stretch(label, key, (form, said), addresses)
        named = addresses.of(_FOLDERS[kind])
        return f"[{label}](/{_FOLDERS[kind]}/{named[key]}/)" if key in named else label

    return _LINK.sub(replaced, body)


def linked_insights(body: str) -> set[str]:
    return {key for _label, kind, key, _form, _said in _LINK.findall(body) if kind == "insight"}


def _stretch(label: str, key: str, said: tuple[str | None, str | None], addresses: Addresses) -> str:
    recording_id, (form, words) = addresses.recordings[key], said
    if form is None or words is None:
        return f"[{label}](/recordings/{recording_id}/)"
    first, last = words.split("..")
    start_ms, end_ms = stretch_of(first, last, addresses.words[key])
    fragment = media_fragment(start_ms, end_ms)
    if form == "source":
        label = f"{label}, {clock(start_ms)}"
        return source_markdown(recording_id=recording_id, fragment=fragment, label=label)
    return clip_markdown(recording_id=recording_id, fragment=fragment, title=label)


def stretch_of(first: str, last: str, words: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Milliseconds from the first words to the last, as a model heard them. Raises ValueError if nobody says them."""
    begins, _ = _place(first, words, 0)
    _, ends = _place(last, words, begins)
    return max(0, int(words[begins]["start_ms"]) - _LEAD_MS), int(words[ends]["end_ms"]) + _TAIL_MS


def _place(phrase: str, words: Sequence[Mapping[str, Any]], after: int) -> tuple[int, int]:
    """First and last index of the run of words that is most like the phrase; a model mishears a word now and then."""
    wanted = [plain(word) for word in phrase.split()]
    heard = [plain(str(word["text"])) for word in words]
    runs = range(after, len(heard) - len(wanted) + 1)
    for start in runs:
        if heard[start : start + len(wanted)] == wanted:
            return start, start + len(wanted) - 1
    best, place = 0.0, (0, 0)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2("".join(wanted))
    for start in runs:
        matcher.set_seq1("".join(heard[start : start + len(wanted)]))
        if matcher.real_quick_ratio() > best and (likeness := matcher.ratio()) > best:
            best, place = likeness, (start, start + len(wanted) - 1)
    if best < _CLOSE_ENOUGH:
        raise ValueError(f"nobody says: {phrase!r}")
    return place


def plain(word: str) -> str:
    return _LETTERS.sub("", word.lower())
