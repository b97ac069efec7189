"""A call's transcript laid over the recording: every word gets a time, and the words become captions.

Times come from the words that our own captioning heard, where both agree; between those, and where nothing was heard
yet, from the transcript's own times and the length of the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from twodesks.recordings.engine.alignment import Pair, align, bare, in_runs
from twodesks.recordings.engine.cues import TimedCue, Word, from_rows
from twodesks.recordings.engine.transcripts import Line
from twodesks.speech.cues import make_cues
from twodesks.speech.words import Word as SpeechWord

# A slow speaker's letter; what is not heard takes no longer than this.
_LETTER_MS = 90
# A word may be heard this far from where the transcript says it is, beyond what all of them are.
_NEAR_MS = 20_000
_LONGEST_TURN_WORDS = 400
# From so many words on it can be told whether two texts are one call.
FEW_WORDS = 12
_SAME_CALL = 0.12


@dataclass(frozen=True, slots=True)
class Placed:
    """`agreed` is the share of the words, of the shorter text, that stand in runs common to both; None when too few
    words were heard to tell."""

    cues: list[TimedCue]
    agreed: float | None

    @property
    def is_another_call(self) -> bool:
        return self.agreed is not None and self.agreed < _SAME_CALL


@dataclass(slots=True)
class _Said:
    """A word of the transcript on its way to a time. `rough_ms` is what the file says of it."""

    text: str
    line: int
    rough_ms: float | None = None
    start_ms: float | None = None
    end_ms: float | None = None


def place(
    lines: Sequence[Line], heard: Sequence[Word] = (), *, duration_ms: int | None = None, language: str = "en"
) -> Placed:
    """Every word of the lines in captions that are in order and apart, each with its speaker."""
    said = [_Said(text, number) for number, line in enumerate(lines) for text in line.text.split()]
    _rough_times(said, lines)
    pairs = align([bare(one.text) for one in said], [bare(word.text) for word in heard])
    agreed = in_runs(pairs) / min(len(said), len(heard)) if min(len(said), len(heard)) >= FEW_WORDS else None
    _heard_times(said, heard, pairs)
    _fill(said, duration_ms)
    return Placed(list(_apart(_cues(said, lines, language), duration_ms)), agreed)


def _rough_times(said: list[_Said], lines: Sequence[Line]) -> None:
    """Where each word would be by the transcript alone; none for a transcript without times."""
    known: list[tuple[int, float]] = []
    for at, one in enumerate(said):
        is_first = at == 0 or said[at - 1].line != one.line
        begins = lines[one.line].start_ms
        if is_first and begins is not None:
            known.append((at, begins))
    if not known:
        return
    ends = [line.end_ms for line in lines if line.end_ms is not None]
    last_at, last_ms = known[-1]
    rest = sum(len(one.text) + 1 for one in said[last_at:])
    end = max(last_ms + 1, *ends) if ends and ends[-1] > last_ms else last_ms + rest * _LETTER_MS
    for (first, start), (until, following) in zip(known, [*known[1:], (len(said), end)], strict=True):
        letters = sum(len(one.text) + 1 for one in said[first:until])
        line_end = lines[said[until - 1].line].end_ms
        stop = min(following, start + letters * _LETTER_MS, *([line_end] if line_end and line_end > start else []))
        before = 0
        for one in said[first:until]:
            one.rough_ms = start + (stop - start) * before / letters
            before += len(one.text) + 1
    for one in said[: known[0][0]]:
        one.rough_ms = known[0][1]


def _heard_times(said: list[_Said], heard: Sequence[Word], pairs: Sequence[Pair]) -> None:
    """Words that were heard get their times, unless that is far from where the transcript has them."""
    away = [heard[b].start_ms - rough for a, b in pairs if (rough := said[a].rough_ms) is not None]
    shift = median(away) if away else 0.0
    for one in said:
        if one.rough_ms is not None:
            one.rough_ms = max(one.rough_ms + shift, 0.0)
    slack = _NEAR_MS + _longest_step(said) / 2
    for a, b in pairs:
        rough = said[a].rough_ms
        if rough is None or abs(heard[b].start_ms - rough) <= slack:
            said[a].start_ms, said[a].end_ms = heard[b].start_ms, heard[b].end_ms


def _longest_step(said: Sequence[_Said]) -> float:
    """How far apart the transcript's times are: Meet gives one every five minutes."""
    starts = [one.rough_ms for one in said if one.rough_ms is not None]
    return max((after - before for before, after in pairwise(starts)), default=0.0)


def _fill(said: list[_Said], duration_ms: int | None) -> None:
    """Times for the words between those that have one, in order throughout."""
    latest = 0.0
    for one in said:
        if one.start_ms is not None and one.end_ms is not None:
            one.start_ms = latest = max(one.start_ms, latest)
            one.end_ms = max(one.end_ms, one.start_ms + 1)
    at = 0
    while at < len(said):
        if said[at].start_ms is not None:
            at += 1
            continue
        until = next((to for to in range(at, len(said)) if said[to].start_ms is not None), len(said))
        _fill_gap(said, at, until, duration_ms)
        at = until


def _fill_gap(said: list[_Said], first: int, until: int, duration_ms: int | None) -> None:
    begin = (said[first - 1].end_ms or 0.0) if first else None
    end = said[until].start_ms if until < len(said) else None
    rough = [one.rough_ms for one in said[first:until]]
    if all(at is not None for at in rough):
        _fill_by_rough(said[first:until], begin or 0.0, end, duration_ms)
        return
    letters = [len(one.text) + 1 for one in said[first:until]]
    longest = sum(letters) * _LETTER_MS
    if begin is None:  # before the first that was heard
        end = end if end is not None else float(min(duration_ms or longest, longest))
        begin = max(0.0, end - longest)
    elif end is None:
        end = begin + longest if duration_ms is None else max(min(begin + longest, duration_ms), begin + 1)
    end = max(min(end, begin + longest), begin)
    before = 0
    for one, count in zip(said[first:until], letters, strict=True):
        one.start_ms = begin + (end - begin) * before / sum(letters)
        before += count
        one.end_ms = begin + (end - begin) * before / sum(letters)


def _fill_by_rough(part: Sequence[_Said], begin: float, end: float | None, duration_ms: int | None) -> None:
    """By the transcript's own times, kept between the words on either side that were heard."""
    latest = begin
    limit = end if end is not None else (float(duration_ms) if duration_ms is not None else float("inf"))
    for number, one in enumerate(part):
        one.start_ms = latest = min(max(one.rough_ms or 0.0, latest), max(limit, begin))
        following = part[number + 1].rough_ms if number + 1 < len(part) else end
        longest = latest + (len(one.text) + 1) * _LETTER_MS
        one.end_ms = max(latest, min(longest, following if following is not None else longest))


def _cues(said: Sequence[_Said], lines: Sequence[Line], language: str) -> Iterator[TimedCue]:
    for speaker, turn in groupby(said, key=lambda one: lines[one.line].speaker):
        words = list(turn)
        for first in range(0, len(words), _LONGEST_TURN_WORDS):
            yield from _turn(words[first : first + _LONGEST_TURN_WORDS], speaker, language)


def _turn(said: Sequence[_Said], speaker: str, language: str) -> Iterator[TimedCue]:
    spoken = []
    for one in said:
        start = round(one.start_ms or 0)
        spoken.append(SpeechWord(start, max(round(one.end_ms or 0), start + 1), one.text, 1.0))
    cues = make_cues(spoken, language=language)
    for cue in from_rows(
        ({"start_ms": cue.start_ms, "end_ms": cue.end_ms, "text": cue.text} for cue in cues), map(asdict, spoken)
    ):
        yield replace(cue, speaker=speaker)


def _apart(cues: Iterator[TimedCue], duration_ms: int | None) -> Iterator[TimedCue]:
    """One after another: who is interrupted stops when the other begins."""
    waiting: TimedCue | None = None
    for cue in cues:
        if waiting is not None:
            start = max(cue.start_ms, waiting.start_ms + 1)
            yield _within(waiting, waiting.start_ms, max(min(waiting.end_ms, start), waiting.start_ms + 1))
            cue = _within(cue, start, max(cue.end_ms, start + 1))
        waiting = cue
    if waiting is not None:
        yield waiting


def _within(cue: TimedCue, start_ms: int, end_ms: int) -> TimedCue:
    if (start_ms, end_ms) == (cue.start_ms, cue.end_ms):
        return cue
    at = start_ms
    words = []
    for word in cue.words:
        at = min(max(word.start_ms, at), end_ms)
        words.append(replace(word, start_ms=at, end_ms=min(max(word.end_ms, at), end_ms)))
    return replace(cue, start_ms=start_ms, end_ms=end_ms, words=tuple(words))
