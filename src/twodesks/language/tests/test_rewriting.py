"""Against a real HTTP server on the loopback that speaks the OpenAI protocol, well and badly."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from twodesks.language.drafting import Said, draft_insight
from twodesks.language.rewrite_checks import is_supported
from twodesks.language.rewrite_settings import RewriteSettings
from twodesks.language.rewriting import rewrite_draft

TALK = [
    Said(1, "alice", "How do I see which query holds the lock?", "question"),
    Said(
        2, "bob", "well you kinda look in pg_stat_activity, and it's port 5433 on the replica. \n\n```\nselect 1\n```"
    ),
    Said(3, "bob", "End the idle session with pg_terminate_backend, it loses nothing that was committed."),
]
TEXTS = {one.id: one.text for one in TALK}
Reply = Callable[[dict[str, Any]], tuple[int, str]]


class Server:
    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.reply: Reply = lambda request: (200, "")
        self.hang = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(request)
                outer.keys.append(self.headers.get("Authorization", ""))
                status, body = outer.reply(request)
                data = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answers(self, answer: Any) -> None:
        self.reply = lambda request: (200, completion(answer if isinstance(answer, str) else json.dumps(answer)))

    def settings(self, timeout_s: float = 10.0) -> RewriteSettings:
        return RewriteSettings(url=self.url, model="small-model", api_key="sesame", timeout_s=timeout_s)


def completion(content: str) -> str:
    return json.dumps(
        {
            "id": "1", "object": "chat.completion", "created": 1, "model": "small-model",
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    )  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.hang.set()
    server.http.shutdown()
    server.http.server_close()


def sentences(block: int, *said: tuple[str, list[int]]) -> dict[str, Any]:
    return {"blocks": [{"block": block, "sentences": [{"text": text, "messages": ids} for text, ids in said]}]}


def test_what_rests_on_the_messages_replaces_the_prose_and_the_model_is_named(server: Server) -> None:
    draft = draft_insight(TALK)
    server.answers(sentences(1, ("Look in pg_stat_activity; the replica has port 5433.", [2])))
    found = rewrite_draft(draft, TEXTS, server.settings())
    assert (found.model, found.rewritten, found.dropped) == ("small-model", 1, 0)
    assert found.draft.blocks[1].markdown == "Look in pg_stat_activity; the replica has port 5433."
    assert found.draft.blocks[1].message_ids == (2,)
    assert [block for block in found.draft.blocks if block.kind == "code"] == [
        block for block in draft.blocks if block.kind == "code"
    ]
    assert server.keys == ["Bearer sesame"]
    assert "select 1" not in json.dumps(server.asked)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Look in pg_stat_activity on the replica.", []),
        ("Look in pg_stat_activity on the replica.", [99]),
        ("Look in pg_stat_activity on the replica.", [2, 99]),
        ("Look in pg_stat_activity on port 5434 of the replica.", [2]),
        ("Look in pg_locks on the replica.", [2]),
        ("Restart the whole cluster during the weekly maintenance window.", [2]),
        ("Never look in pg_stat_activity on the replica.", [2]),
        ("See https://evil.example/ about pg_stat_activity on the replica.", [2]),
        ("End the idle session with pg_terminate_backend.", [2]),
    ],
)
def test_a_sentence_that_cites_nothing_known_or_says_more_is_dropped(
    server: Server, text: str, cited: list[int]
) -> None:
    draft = draft_insight(TALK)
    server.answers(sentences(1, (text, cited)))
    found = rewrite_draft(draft, TEXTS, server.settings())
    assert (found.draft, found.model, found.dropped) == (draft, None, 1)


def test_the_good_sentences_of_a_block_stay_when_a_bad_one_goes(server: Server) -> None:
    server.answers(sentences(1, ("Look in pg_stat_activity.", [2]), ("The moon is 384,400 km away.", [2])))
    found = rewrite_draft(draft_insight(TALK), TEXTS, server.settings())
    assert found.draft.blocks[1].markdown == "Look in pg_stat_activity."
    assert found.dropped == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I would rather not.",
        "{",
        json.dumps({"blocks": "none"}),
        json.dumps({"blocks": [{"block": "x", "sentences": [{"text": 1}]}]}),
        json.dumps(sentences(77, ("Look in pg_stat_activity.", [2]))),
        json.dumps(sentences(2, ("select 2", [2]))),
        json.dumps({"blocks": []}),
    ],
)
def test_a_malformed_answer_leaves_the_draft_as_it_was(server: Server, answer: str) -> None:
    draft = draft_insight(TALK)
    server.answers(answer)
    found = rewrite_draft(draft, TEXTS, server.settings())
    assert (found.draft, found.model) == (draft, None)
    assert found.why


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_refusing_server_leaves_the_draft_as_it_was(server: Server, status: int) -> None:
    draft = draft_insight(TALK)
    server.reply = lambda request: (status, '{"error": {"message": "no"}}')
    found = rewrite_draft(draft, TEXTS, server.settings())
    assert (found.draft, found.model) == (draft, None)
    assert str(status) in found.why


def test_what_is_no_json_at_all_leaves_the_draft_as_it_was(server: Server) -> None:
    server.reply = lambda request: (200, "<html>proxy</html>")
    found = rewrite_draft(draft_insight(TALK), TEXTS, server.settings())
    assert found.model is None


def test_a_hanging_server_is_given_up_in_time(server: Server) -> None:
    def hang(request: dict[str, Any]) -> tuple[int, str]:
        server.hang.wait(20)
        return 200, "{}"

    server.reply = hang
    draft = draft_insight(TALK)
    started = time.monotonic()
    found = rewrite_draft(draft, TEXTS, server.settings(timeout_s=0.5))
    assert time.monotonic() - started < 5
    assert (found.draft, found.model) == (draft, None)


def test_nobody_listens_there() -> None:
    settings = RewriteSettings(url="http://127.0.0.1:9/v1", model="m", timeout_s=2)
    assert rewrite_draft(draft_insight(TALK), TEXTS, settings).model is None


def test_the_command_reads_a_request_and_writes_the_answer(server: Server) -> None:
    draft = draft_insight(TALK)
    server.answers(sentences(1, ("Look in pg_stat_activity.", [2])))
    request = {
        "blocks": [asdict(block) for block in draft.blocks],
        "messages": TEXTS,
        "settings": asdict(server.settings()),
    }
    told = subprocess.run(
        [sys.executable, "-m", "twodesks.language.rewriting"],
        input=json.dumps(request), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    answer = json.loads(told.stdout)
    assert answer["model"] == "small-model"
    assert answer["blocks"][1]["markdown"] == "Look in pg_stat_activity."


def test_support_is_judged_by_words_numbers_and_code() -> None:
    cited = "You have to end the idle session with `pg_terminate_backend(42)`, it loses nothing."
    assert is_supported("End the idle session with `pg_terminate_backend(42)`.", cited)
    assert is_supported("Idle sessions can be ended.", cited)
    assert not is_supported("End the idle session with `pg_cancel_backend(42)`.", cited)
    assert not is_supported("End 43 idle sessions.", cited)
    assert not is_supported("It.", cited)


def test_without_an_address_or_a_model_none_helps_and_the_key_may_come_from_a_file(tmp_path: Path) -> None:
    assert RewriteSettings.from_environment({}) is None
    assert RewriteSettings.from_environment({"TWODESKS_LLM_URL": "http://x/v1"}) is None
    key = tmp_path / "key"
    key.write_text("sesame\n")
    named = {"TWODESKS_LLM_URL": "http://x/v1", "TWODESKS_LLM_MODEL": "m"}
    found = RewriteSettings.from_environment(named | {"TWODESKS_LLM_API_KEY_FILE": str(key)})
    assert found is not None
    assert (found.api_key, found.timeout_s) == ("sesame", 60.0)
    assert "sesame" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWODESKS_LLM_URL", "ftp://x"),
        ("TWODESKS_LLM_TIMEOUT", "soon"),
        ("TWODESKS_LLM_TIMEOUT", "0"),
        ("TWODESKS_LLM_API_KEY_FILE", "/nowhere/key"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    named = {"TWODESKS_LLM_URL": "http://x/v1", "TWODESKS_LLM_MODEL": "m", name: value}
    with pytest.raises(ValueError, match=name):
        RewriteSettings.from_environment(named)
