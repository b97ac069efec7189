"""The answer of a write predicate: allowed, or denied with the reason that is shown."""

from dataclasses import dataclass

from twodesks.kit.problem import Denied


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise `Denied` with the reason unless allowed."""
        if not self.allowed:
            raise Denied(self.reason)


ALLOW = Decision(True)


def deny(reason: str) -> Decision:
    return Decision(False, reason)
