"""How speech becomes words on this installation. Every variable is described in docs/capture.md."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from twodesks.kit.problem import Invalid
from twodesks.server.data import DataDirectory, default_root
from twodesks.speech.languages import language_code
from twodesks.speech.problems import UnknownLanguage

DEFAULT_MODEL = "base"
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """`model` is a name (`base`, `tiny.en`), a folder with a CTranslate2 model, or a Hugging Face name.

    With `url` set, words come from `{url}/audio/transcriptions` instead and `model` is the name sent there.
    """

    model: str = DEFAULT_MODEL
    language: str | None = None
    device: str = "auto"
    compute_type: str = "auto"
    threads: int = 0
    beam_size: int = 5
    batch_size: int = 4
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float = 120.0
    data_directory: Path = field(default_factory=default_root)

    @property
    def models_directory(self) -> Path:
        return DataDirectory(self.data_directory).models

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        read = _Reader(environment)
        device = read.text("TWODESKS_SPEECH_DEVICE") or "auto"
        if device not in DEVICES:
            raise Invalid(f"TWODESKS_SPEECH_DEVICE is “{device}”. Use one of {', '.join(DEVICES)}.")
        directory = read.text("TWODESKS_DATA")
        return cls(
            model=read.text("TWODESKS_SPEECH_MODEL") or DEFAULT_MODEL,
            language=read.language("TWODESKS_SPEECH_LANGUAGE"),
            device=device,
            compute_type=read.text("TWODESKS_SPEECH_COMPUTE") or "auto",
            threads=read.whole_number("TWODESKS_SPEECH_THREADS", default=0, least=0),
            beam_size=read.whole_number("TWODESKS_SPEECH_BEAM", default=5, least=1),
            batch_size=read.whole_number("TWODESKS_SPEECH_BATCH", default=4, least=1),
            url=read.text("TWODESKS_SPEECH_URL"),
            api_key=read.secret("TWODESKS_SPEECH_API_KEY"),
            timeout_s=read.whole_number("TWODESKS_SPEECH_TIMEOUT", default=120, least=1),
            data_directory=Path(directory).expanduser().absolute() if directory else default_root(),
        )


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

    def secret(self, name: str) -> str | None:
        path = self.text(f"{name}_FILE")
        if path is None:
            return self.text(name)
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except OSError as error:
            raise Invalid(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error

    def language(self, name: str) -> str | None:
        value = self.text(name)
        try:
            return language_code(value) if value else None
        except UnknownLanguage as error:
            raise Invalid(f"{name}: {error.detail}") from error

    def whole_number(self, name: str, *, default: int, least: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not value.isdecimal() or int(value) < least:
            raise Invalid(f"{name} is “{value}”. Use a whole number from {least}.")
        return int(value)
