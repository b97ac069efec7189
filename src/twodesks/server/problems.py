"""Why a server process cannot run, in words for the person at the terminal."""


class CannotStart(Exception):  # noqa: N818 - it is a state of affairs, told in words
    """`detail` says what happened, `remedy` what to do; both are printed as they stand."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}")
        self.detail = detail
        self.remedy = remedy
