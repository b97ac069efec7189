import io
import json
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import numpy as np
import pytest

from twodesks.speech.decoding import SAMPLE_RATE
from twodesks.speech.problems import TranscriptionUnavailable
from twodesks.speech.remote import RemoteTranscriber
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.tests.sounds import noise
from twodesks.speech.windows import Piece, Window

VERBOSE = {
    "language": "english",
    "duration": 3.0,
    "text": "Press save, then wait.",
    "words": [
        {"word": "Press", "start": 0.0, "end": 0.4},
        {"word": "save", "start": 0.4, "end": 0.9},
        {"word": "then", "start": 1.4, "end": 1.6},
        {"word": "wait", "start": 1.6, "end": 2.2},
    ],
    "segments": [
        {
            "start": 0,
            "end": 2.4,
            "text": " Press save, then wait.",
            "avg_logprob": -0.1,
            "no_speech_prob": 0.01,
            "compression_ratio": 1.0,
        }
    ],
}


@dataclass
class Service:
    """A transcription service on this machine: gives the prepared answers in turn, the last one for ever."""

    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, VERBOSE)])
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, request: dict[str, Any]) -> tuple[int, Any]:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def service() -> Iterator[Service]:
    prepared = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\n\n".encode()
            form: dict[str, Any] = {"path": self.path, "authorization": self.headers["Authorization"]}
            for part in cast("list[Message]", message_from_bytes(head + body).get_payload()):
                name = str(part.get_param("name", header="Content-Disposition"))
                form.setdefault(name, []).append(part.get_payload(decode=True))
            status, reply = prepared.answer(form)
            content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    prepared.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield prepared
    server.shutdown()
    server.server_close()
    thread.join()


def window(*, start_s: int = 0, seconds: float = 3) -> Window:
    samples = noise(seconds)
    start = start_s * SAMPLE_RATE
    return Window(samples, (Piece(0, start, len(samples)),), start + len(samples))


def remote(service: Service, waits: list[float] | None = None) -> RemoteTranscriber:
    settings = SpeechSettings(url=service.url, api_key="k3y", model="whisper-1", timeout_s=5)
    return RemoteTranscriber(settings, sleep=(waits if waits is not None else []).append)


def test_words_come_back_with_their_punctuation_and_the_times_of_the_recording(service: Service) -> None:
    (heard,) = remote(service).transcribe([window(start_s=60)], language=None)
    assert [(word.start_ms, word.end_ms, word.text) for word in heard.words] == [
        (60_000, 60_400, "Press"),
        (60_400, 60_900, "save,"),
        (61_400, 61_600, "then"),
        (61_600, 62_200, "wait."),
    ]
    assert heard.language == "en"
    assert heard.words[0].probability == pytest.approx(0.905, abs=0.001)


def test_the_request_is_what_the_interface_asks_for(service: Service) -> None:
    remote(service).transcribe([window()], language="de")
    (request,) = service.requests
    assert request["path"] == "/v1/audio/transcriptions"
    assert request["authorization"] == "Bearer k3y"
    assert request["model"] == [b"whisper-1"]
    assert request["language"] == [b"de"]
    assert request["response_format"] == [b"verbose_json"]
    assert request["timestamp_granularities[]"] == [b"word", b"segment"]
    with wave.open(io.BytesIO(request["file"][0])) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getnframes()) == (SAMPLE_RATE, 1, 3 * SAMPLE_RATE)
        samples = np.frombuffer(sound.readframes(3 * SAMPLE_RATE), dtype="<i2") / 32767
    assert np.abs(samples - np.clip(noise(3), -1, 1)).max() < 0.001


def test_windows_come_back_in_their_order(service: Service) -> None:
    heard = remote(service).transcribe([window(start_s=at) for at in (0, 30, 60, 90)], language="en")
    assert [one.words[0].start_ms for one in heard] == [0, 30_000, 60_000, 90_000]


def test_a_service_without_word_times_gets_them_estimated(service: Service) -> None:
    service.answers = [
        (200, {"text": "Press save now.", "segments": [{"start": 0.0, "end": 1.6, "text": " Press save now."}]})
    ]
    (heard,) = remote(service).transcribe([window()], language="en")
    assert [(word.start_ms, word.end_ms, word.text) for word in heard.words] == [
        (0, 600, "Press"),
        (600, 1_100, "save"),
        (1_100, 1_600, "now."),
    ]
    service.answers = [(200, {"text": "Hello there."})]
    (heard,) = remote(service).transcribe([window()], language="en")
    assert [word.text for word in heard.words] == ["Hello", "there."]
    assert heard.words[-1].end_ms == 3_000


def test_phantoms_of_the_service_are_dropped(service: Service) -> None:
    segment = {
        "start": 0,
        "end": 1,
        "text": "Thank you.",
        "avg_logprob": -1.2,
        "no_speech_prob": 0.9,
        "compression_ratio": 0.8,
    }
    service.answers = [(200, {"text": "Thank you.", "segments": [segment]})]
    assert remote(service).transcribe([window()], language="en")[0].words == []


def test_a_busy_service_is_asked_again(service: Service) -> None:
    service.answers = [(503, {}), (429, {}), (200, VERBOSE)]
    waits: list[float] = []
    assert remote(service, waits).transcribe([window()], language="en")[0].words
    assert len(service.requests) == 3
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize(
    ("status", "reply", "words"),
    [
        (401, {}, "refused the key"),
        (400, {"error": {"message": "Unknown model."}}, r"answered 400: Unknown model\. The recording is safe"),
        (503, {}, "answered 503"),
        (200, b"<html>a login page</html>", "is not a transcription"),
    ],
)
def test_what_the_service_refuses_is_said(service: Service, status: int, reply: Any, words: str) -> None:
    service.answers = [(status, reply)]
    with pytest.raises(TranscriptionUnavailable, match=words):
        remote(service).transcribe([window()], language="en")


def test_no_service_at_all_is_said(service: Service) -> None:
    settings = SpeechSettings(url="http://127.0.0.1:1/v1", timeout_s=1)
    with pytest.raises(TranscriptionUnavailable, match="No answer from"):
        RemoteTranscriber(settings, sleep=lambda _: None).transcribe([window()], language="en")
