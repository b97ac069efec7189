"""Refusals, in words for people and codes for programs.

Doors turn them into pages, RFC 9457 problem details or exit codes. `detail` says what happened, that nothing was
lost, and what to do; it is shown to people as it stands.
"""

from typing import ClassVar


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """An operation was refused or could not be done; everything is as it was before.

    `code` is stable and machine-readable, `status` the HTTP status, `field` the input it is about, if any.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "That did not work"

    def __init__(self, detail: str, *, field: str | None = None, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.extra = extra

    def as_details(self) -> dict[str, object]:
        """RFC 9457 members, with `field` where one input is at fault."""
        details: dict[str, object] = {
            "type": f"urn:twodesks:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.field:
            details["field"] = self.field
        return details | self.extra


class NotFound(Problem):
    """There is no such thing, or the actor may not know of it; the two are the same from outside."""

    code = "not-found"
    status = 404
    title = "Nothing here"

    def __init__(self, detail: str = "There is nothing at this address, or it is not shared with you.") -> None:
        super().__init__(detail)


class Denied(Problem):
    """The actor can see it but may not do this to it; `detail` says who may."""

    code = "denied"
    status = 403
    title = "That is not yours to do"


class SignInNeeded(Problem):
    code = "sign-in-needed"
    status = 401
    title = "Sign in first"

    def __init__(self, detail: str = "Sign in to go on. What you have entered is kept.") -> None:
        super().__init__(detail)


class Invalid(Problem):
    """An input does not hold; `field` names it."""

    code = "invalid"
    status = 422
    title = "Something needs another look"


class Conflict(Problem):
    """Somebody else changed it first. `extra` carries what is needed to show both sides."""

    code = "conflict"
    status = 409
    title = "Somebody was quicker"


class TooLarge(Problem):
    code = "too-large"
    status = 413
    title = "That is too large"


class TooMany(Problem):
    """A rate limit; `extra["retry_after_s"]` says when to try again."""

    code = "too-many"
    status = 429
    title = "A moment, please"


class Unavailable(Problem):
    """Something the server needs is missing for now (disk full, model absent, no connection)."""

    code = "unavailable"
    status = 503
    title = "Not just now"


class OutOfSpace(Unavailable):
    """The disk is full. What had arrived before is safe."""

    code = "out-of-space"
    status = 507
    title = "The server's disk is full"


class Busy(Problem):
    """Somebody, perhaps the same person in another tab, is doing exactly this now."""

    code = "busy"
    status = 423
    title = "One at a time"
