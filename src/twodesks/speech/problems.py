"""What can be wrong with a recording, or with what turns it into words, said for people."""

from twodesks.kit.problem import Invalid, Unavailable


class MediaProblem(Invalid):
    """The file itself cannot be captioned. Nothing was written and the file is as it was."""

    title = "That file cannot be captioned"


class EmptyFile(MediaProblem):
    code = "media-empty"


class NotMedia(MediaProblem):
    code = "media-unknown"


class NoAudioTrack(MediaProblem):
    code = "media-no-audio"


class TruncatedMedia(MediaProblem):
    """The file stops before its end. `kept_ms` is what could be heard."""

    code = "media-truncated"

    def __init__(self, detail: str, *, kept_ms: int = 0) -> None:
        super().__init__(detail, kept_ms=kept_ms)
        self.kept_ms = kept_ms


class UnknownLanguage(Invalid):
    code = "language-unknown"


class ModelUnavailable(Unavailable):
    """The speech model is missing, damaged, or cannot be loaded."""

    code = "speech-model-unavailable"
    title = "The speech model cannot be used"


class TranscriptionUnavailable(Unavailable):
    """The transcription service did not answer, or refused."""

    code = "transcription-unavailable"
    title = "The transcription service did not answer"
