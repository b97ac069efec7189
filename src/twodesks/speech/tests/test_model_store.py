import multiprocessing
import os
from pathlib import Path

import pytest

from twodesks.speech import model_store
from twodesks.speech.model_store import BASE_BYTES, join_base_model, locate_model
from twodesks.speech.problems import ModelUnavailable


def join(directory: Path) -> int:
    return (join_base_model(directory) / "model.bin").stat().st_ino


def test_the_base_model_is_joined_once_by_whoever_comes_first(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as processes:
        found = processes.map(join, [tmp_path] * 3)
    assert len(set(found)) == 1
    folder = join_base_model(tmp_path)
    assert sorted(os.listdir(folder)) == ["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"]
    assert (folder / "model.bin").stat().st_size == BASE_BYTES
    assert [name for name in os.listdir(tmp_path) if name.startswith(".whisper-base-")] == []


def test_a_model_cut_short_and_remains_of_a_killed_join_are_replaced(tmp_path: Path) -> None:
    folder = join_base_model(tmp_path)
    (folder / "model.bin").write_bytes(b"half")
    (tmp_path / ".whisper-base-killed").mkdir()
    assert (join_base_model(tmp_path) / "model.bin").stat().st_size == BASE_BYTES
    assert not (tmp_path / ".whisper-base-killed").exists()


def test_a_damaged_wheel_is_not_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_store, "BASE_SHA256", "0" * 64)
    with pytest.raises(ModelUnavailable, match="damaged"):
        join_base_model(tmp_path)
    assert [name for name in os.listdir(tmp_path) if name != ".whisper-base.lock"] == []


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file is in the way")
    with pytest.raises(ModelUnavailable, match="could not be put into"):
        join_base_model(tmp_path / "models")


def test_other_models_are_found_by_name_or_folder(tmp_path: Path) -> None:
    assert (Path(locate_model("tiny.en", tmp_path)) / "model.bin").is_file()
    assert locate_model("Systran/faster-whisper-small", tmp_path) == "Systran/faster-whisper-small"
    (tmp_path / "mine").mkdir()
    with pytest.raises(ModelUnavailable, match=r"no model\.bin"):
        locate_model(str(tmp_path / "mine"), tmp_path)
    (tmp_path / "mine" / "model.bin").touch()
    assert locate_model(str(tmp_path / "mine"), tmp_path) == str(tmp_path / "mine")
    with pytest.raises(ModelUnavailable, match="no speech model at"):
        locate_model("/no/such/folder", tmp_path)
