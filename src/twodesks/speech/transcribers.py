"""Which transcriber the settings ask for. One of each kind is kept for the life of the process."""

from functools import lru_cache

from twodesks.speech.remote import RemoteTranscriber
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcriber import Transcriber
from twodesks.speech.whisper import WhisperTranscriber


@lru_cache(maxsize=2)
def load_transcriber(settings: SpeechSettings) -> Transcriber:
    """Raises ModelUnavailable. Loading takes a second; a second call with the same settings is free."""
    return RemoteTranscriber(settings) if settings.url else WhisperTranscriber(settings)
