"""Why a file cannot be worked on, from the process that looked at it to the person who sent it."""


class Refusal(Exception):  # noqa: N818 - reads as what it is
    """`detail` is for people, `reason` for programs: empty, not-media, truncated, no-audio, too-much."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
