"""Are chapters where a person put them: four narrated lessons with known chapters, heard by the base model.

    make bench-chapters

F1 counts a chapter as found when it begins within 10 s of a real one. Pk and WindowDiff are errors over windows of half
the mean chapter (0 is perfect). Even splits get the true number of chapters, which the search has to find by itself.
The penalty that stands in structure.py was chosen on these lessons: on others expect less.
"""

from collections.abc import Sequence

from bench.speech_data import Lesson, keep, lessons, show
from twodesks.language.embedding import load_embedder
from twodesks.speech.capture import capture_file
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.structure import topic_starts
from twodesks.speech.whisper import WhisperTranscriber
from twodesks.speech.words import split_sentences

NEAR_S = 10.0


def matched(found: Sequence[float], real: Sequence[float]) -> int:
    free = list(real)
    hits = 0
    for start in found:
        nearest = min(free, key=lambda other: abs(other - start), default=None)
        if nearest is not None and abs(nearest - start) <= NEAR_S:
            free.remove(nearest)
            hits += 1
    return hits


def window_errors(found: Sequence[float], real: Sequence[float], duration_s: float) -> tuple[float, float]:
    """Pk and WindowDiff over seconds."""
    half = max(1, round(duration_s / (len(real) + 1) / 2))
    pk = difference = 0
    positions = range(int(duration_s) - half)
    for start in positions:
        real_between = sum(start < boundary <= start + half for boundary in real)
        found_between = sum(start < boundary <= start + half for boundary in found)
        pk += (real_between > 0) != (found_between > 0)
        difference += real_between != found_between
    return pk / len(positions), difference / len(positions)


def score(found: Sequence[Sequence[float]], heard: Sequence[Lesson]) -> dict[str, float]:
    real = [lesson.chapter_starts_s[1:] for lesson in heard]
    hits = sum(matched(a, b) for a, b in zip(found, real, strict=True))
    errors = [window_errors(a, b, lesson.duration_s) for a, b, lesson in zip(found, real, heard, strict=True)]
    return {
        "f1": round(2 * hits / max(1, sum(map(len, found)) + sum(map(len, real))), 3),
        "pk": round(sum(pk for pk, _ in errors) / len(errors), 3),
        "window_diff": round(sum(difference for _, difference in errors) / len(errors), 3),
        "boundaries": sum(map(len, found)),
    }


def main() -> None:
    transcriber = WhisperTranscriber(SpeechSettings.from_environment())
    heard = lessons()
    found = []
    titles: dict[str, list[str]] = {}
    for lesson in heard:
        capture = capture_file(lesson.audio, transcriber, language="en")
        titles[lesson.audio.stem] = [chapter.title for chapter in capture.chapters]
        sentences = split_sentences(capture.words, "en")
        starts = topic_starts(sentences, capture.duration_ms, load_embedder())
        found.append([sentences[at].start_ms / 1000 for at in starts[1:]])
    even = [
        [lesson.duration_s * n / len(lesson.chapter_starts_s) for n in range(1, len(lesson.chapter_starts_s))]
        for lesson in heard
    ]
    results = {"by topic": score(found, heard), "even split": score(even, heard)}
    rows = [(name, *result.values()) for name, result in results.items()]
    show("Chapters of 4 lessons, 17 inner boundaries", ["", "F1 ±10 s", "Pk", "WindowDiff", "boundaries"], rows)
    keep("chapters", {"results": results, "titles": titles})


if __name__ == "__main__":
    main()
