from pathlib import Path

import pytest

from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcriber import Transcriber
from twodesks.speech.transcribers import load_transcriber


@pytest.fixture(scope="session")
def speech_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("speech-data")


@pytest.fixture(scope="session")
def whisper(speech_data: Path) -> Transcriber:
    """The base model, as an installation has it."""
    return load_transcriber(SpeechSettings(data_directory=speech_data))
