import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twodesks.language.embedding import load_embedder
from twodesks.language.key_phrases import extract_key_phrases
from twodesks.language.key_points import extract_key_points
from twodesks.language.segmentation import best_partition, segment_topics
from twodesks.language.sentences import sentence_spans, split_sentences
from twodesks.language.words import WORD, fold, is_code_like, rarity

TALK = (
    "So um, okay, when kubectl get-pods says CrashLoopBackOff, you want to look at the logs first. "
    "Run kubectl logs with --previous. If you see ERR_42 in settings.py it means the database password was "
    "rotated. Maria Lopez from Platform keeps the list of rotated passwords in the vault. "
    "Don't restart the pod by hand; the deployment restarts it."
)


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = "Dr. Ada wrote v2.1 in main.py, e.g. for J. Doe. It costs 3.50 a day! Why?\n\nNo full stop here\n\nEnd"
    assert split_sentences(text) == [
        "Dr. Ada wrote v2.1 in main.py, e.g. for J. Doe.",
        "It costs 3.50 a day!",
        "Why?",
        "No full stop here",
        "End",
    ]


def test_chinese_and_russian_sentences_are_split() -> None:
    assert split_sentences("今天下雨。明天不下。") == ["今天下雨。", "明天不下。"]
    assert split_sentences("Он пришёл в 9 ч. утра. Потом ушёл.") == ["Он пришёл в 9 ч. утра.", "Потом ушёл."]


@given(st.text(max_size=400))
def test_sentence_spans_cover_all_that_is_not_white_space(text: str) -> None:
    covered = "".join(text[start:end] for start, end in sentence_spans(text))
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "word", ["ERR_42", "get-pods", "settings.py", "/etc/hosts", "--dry-run", "C++", "v2.1", "x86-64"]
)
def test_code_like_words_stay_whole(word: str) -> None:
    assert WORD.findall(f"see {word}, please") == ["see", word, "please"]


def test_plain_words_are_not_code() -> None:
    assert not any(is_code_like(word) for word in ["hello", "well-known", "don't", "Ada", "10:30", "3.5"])


def test_folding_drops_case_and_accents() -> None:
    assert fold("Crème BRÛLÉE, straße, Ёлка") == "creme brulee, strasse, елка"


def test_rare_words_are_rarer() -> None:
    assert rarity("the") < rarity("password") < rarity("kubernetes")


def test_key_phrases_are_terms_names_and_code_without_stop_words() -> None:
    phrases = [phrase.text for phrase in extract_key_phrases(TALK, limit=12)]
    assert "ERR_42" in phrases
    assert "CrashLoopBackOff" in phrases
    assert any("kubectl" in phrase for phrase in phrases)
    assert any("Lopez" in phrase for phrase in phrases)
    junk = {"so", "um", "okay", "want", "first", "you", "the", "hand"}
    assert not junk & {word for phrase in phrases for word in phrase.lower().split()}


def test_key_phrases_do_not_repeat_each_other() -> None:
    text = "Password reset fails. A password reset needs mail. Resetting passwords is quick. Password resets expire."
    phrases = [phrase.text.lower() for phrase in extract_key_phrases(text)]
    assert phrases[0].startswith("password reset")
    assert sum("password" in phrase for phrase in phrases) == 1


def test_key_phrases_near_the_meaning_rise_with_an_embedder() -> None:
    phrases = extract_key_phrases(TALK, limit=5, embedder=load_embedder("minilm"))
    assert phrases[0].score == 1.0
    assert any("kubectl" in phrase.text for phrase in phrases[:2])


def test_russian_key_phrases_have_no_russian_stop_words() -> None:
    text = "Чтобы сбросить пароль, откройте настройки профиля. Если письмо не пришло, проверьте папку спам."
    words = {word for phrase in extract_key_phrases(text, language="ru") for word in phrase.text.lower().split()}
    assert "пароль" in words
    assert not words & {"чтобы", "если", "не"}


@pytest.mark.parametrize("text", ["", "   ", "the of and", "🙂🙂", "42 17", "\ud800", "a" * 5000])
def test_texts_without_topics_give_no_phrases_and_no_error(text: str) -> None:
    assert extract_key_phrases(text) == []


@given(st.text(max_size=300))
def test_key_phrases_survive_any_text(text: str) -> None:
    phrases = extract_key_phrases(text, limit=5)
    assert len(phrases) <= 5
    assert all(0 < phrase.score <= 1 and phrase.text.strip() for phrase in phrases)


def test_key_points_skip_greetings_and_repeats_and_keep_the_order() -> None:
    sentences = [
        "Hi everybody, thanks for joining today.",
        "The deploy fails when the migration needs a lock that a long query holds.",
        "Um, yeah, so.",
        "Can you all see my screen?",
        "The deploy fails if the migration needs a lock which a long query holds.",
        "Make sure to set lock_timeout to five seconds, because then the migration gives up and the site stays up.",
        "After that you run the deploy again, when the long query has ended.",
        "Okay, that's it, see you.",
    ]
    points = extract_key_points(sentences, limit=3)
    assert points == sorted(points)
    assert 5 in points
    assert not {0, 2, 3, 7} & set(points)
    assert len({1, 4} & set(points)) == 1


def test_nothing_to_say_gives_no_key_points() -> None:
    assert extract_key_points([], limit=3) == []
    assert extract_key_points(["Um.", "...", "OK"], limit=3) == []
    assert extract_key_points(["This is a perfectly good sentence to keep."], limit=0) == []


COOKING = [
    "Melt the butter in a pan over low heat.",
    "Add the chopped onions and stir until they are soft.",
    "Pour in the stock and let the soup simmer for an hour.",
    "Season the soup with salt, pepper and thyme.",
]
TAXES = [
    "The tax return is due at the end of July.",
    "You can deduct the cost of your commute from your income.",
    "Keep the receipts, because the tax office may ask for them.",
    "A refund usually arrives eight weeks after the return is filed.",
]


def test_a_change_of_topic_opens_a_segment() -> None:
    assert segment_topics(COOKING + TAXES) == [0, 4]
    assert segment_topics(TAXES + COOKING, sizes=[5.0] * 8, min_size=15) == [0, 4]


def test_one_topic_is_one_segment() -> None:
    assert segment_topics(COOKING, min_size=3) == [0]
    assert segment_topics(COOKING[:1], min_size=3) == [0]
    assert segment_topics([]) == []


def test_segments_are_never_shorter_than_the_least() -> None:
    noise = np.random.default_rng(7).normal(size=(60, 8))
    starts = best_partition(noise, np.ones(60), min_size=5, penalty=0.01)
    assert len(starts) > 3
    assert min(np.diff([*starts, 60])) >= 5


def test_sizes_must_fit_the_sentences() -> None:
    with pytest.raises(ValueError, match="one size"):
        segment_topics(COOKING, sizes=[1.0])


def test_chapters_of_real_lectures_are_found() -> None:
    root = Path(os.environ.get("TWODESKS_BENCH_DATA", Path(__file__).parents[4].parent / "shared/data"))
    data = root / "speech/lectures/chapters.jsonl"
    if not data.exists():
        pytest.skip("TWODESKS_BENCH_DATA does not point to the lectures")
    hits = found = expected = 0
    for line in data.read_text(encoding="utf-8").splitlines():
        sentences: list[str] = []
        truth: list[int] = []
        for chapter in json.loads(line)["chapters"]:
            truth.append(len(sentences))
            sentences += split_sentences(chapter["text"])
        words = [len(sentence.split()) for sentence in sentences]
        starts = segment_topics(sentences, sizes=words, min_size=sum(words) / len(words) * 3)
        hits += sum(any(abs(start - true) <= 1 for true in truth[1:]) for start in starts[1:])
        found += len(starts) - 1
        expected += len(truth) - 1
    assert hits / found > 0.6
    assert hits / expected > 0.6
