from pathlib import Path

import pytest

from twodesks.kit.problem import Invalid
from twodesks.speech.settings import SpeechSettings


def test_an_empty_environment_gives_the_model_that_comes_with_the_installation() -> None:
    settings = SpeechSettings.from_environment({})
    assert (settings.model, settings.url, settings.device) == ("base", None, "auto")


def test_everything_can_be_set(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s3cret\n")
    settings = SpeechSettings.from_environment(
        {
            "TWODESKS_SPEECH_MODEL": "large-v3",
            "TWODESKS_SPEECH_LANGUAGE": "German",
            "TWODESKS_SPEECH_DEVICE": "cuda",
            "TWODESKS_SPEECH_COMPUTE": "int8_float16",
            "TWODESKS_SPEECH_THREADS": "6",
            "TWODESKS_SPEECH_BEAM": "2",
            "TWODESKS_SPEECH_BATCH": "16",
            "TWODESKS_SPEECH_URL": "http://speech.internal/v1",
            "TWODESKS_SPEECH_API_KEY_FILE": str(secret),
            "TWODESKS_SPEECH_TIMEOUT": "30",
            "TWODESKS_DATA": str(tmp_path),
        }
    )
    assert settings == SpeechSettings(
        model="large-v3",
        language="de",
        device="cuda",
        compute_type="int8_float16",
        threads=6,
        beam_size=2,
        batch_size=16,
        url="http://speech.internal/v1",
        api_key="s3cret",
        timeout_s=30,
        data_directory=tmp_path,
    )
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWODESKS_SPEECH_DEVICE", "toaster"),
        ("TWODESKS_SPEECH_THREADS", "many"),
        ("TWODESKS_SPEECH_BEAM", "0"),
        ("TWODESKS_SPEECH_LANGUAGE", "klingon"),
        ("TWODESKS_SPEECH_API_KEY_FILE", "/nowhere/key"),
    ],
)
def test_a_value_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=name):
        SpeechSettings.from_environment({name: value})
