"""Which language model may help, if any. Described for administrators in docs/operations.md."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class RewriteSettings:
    """`url` is the OpenAI-compatible base address, with `/v1` if it has one."""

    url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout_s: float = 60.0

    @staticmethod
    def are_named(environment: Mapping[str, str] = os.environ) -> bool:
        """Whether a model is meant to help; that its settings hold is for who calls it to find out."""
        return all(environment.get(name, "").strip() for name in ("TWODESKS_LLM_URL", "TWODESKS_LLM_MODEL"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """None when no address or no model is named. Raises ValueError, saying which variable is wrong and how."""
        if not cls.are_named(environment):
            return None
        url, model = environment["TWODESKS_LLM_URL"].strip(), environment["TWODESKS_LLM_MODEL"].strip()
        if not url.startswith(("http://", "https://")):
            raise ValueError("TWODESKS_LLM_URL must begin with http:// or https://.")
        return cls(url=url, model=model, api_key=_secret(environment), timeout_s=_timeout(environment))


def _secret(environment: Mapping[str, str]) -> str:
    path = environment.get("TWODESKS_LLM_API_KEY_FILE", "").strip()
    if not path:
        return environment.get("TWODESKS_LLM_API_KEY", "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        raise ValueError(f"TWODESKS_LLM_API_KEY_FILE names {path}, which cannot be read.") from failure


def _timeout(environment: Mapping[str, str]) -> float:
    given = environment.get("TWODESKS_LLM_TIMEOUT", "").strip() or "60"
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 600:
        raise ValueError(f"TWODESKS_LLM_TIMEOUT is “{given}”. Give seconds, from 1 to 600.")
    return seconds
