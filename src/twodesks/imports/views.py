"""The administrator's pages of imports, and names from elsewhere that members say were theirs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from twodesks.activity.live import latest_event_id
from twodesks.channels.queries import postable_channels
from twodesks.imports.engine.sources import SOURCES
from twodesks.imports.forms import ExportForm
from twodesks.imports.operations.ask_import import ask_import
from twodesks.imports.operations.discard_import import discard_import
from twodesks.imports.operations.pause_import import pause_import
from twodesks.imports.operations.start_import import start_import
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.queries.runs import get_run, left_out_lines, may_be_undone, run_channels, runs
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Denied, Invalid
from twodesks.media.operations.receive_piece import receive_piece
from twodesks.media.operations.start_upload import start_upload
from twodesks.people.identity import member_actor
from twodesks.people.operations.claim_placeholder import claim_placeholder
from twodesks.people.operations.settle_claim import settle_claim
from twodesks.people.queries import open_claims

PIECE = 8 * 1024 * 1024
STAGES = ("Choose the file", "Look at it", "Bring it in", "Report")
_STAGE = {"looking": 1, "preview": 1, "running": 2, "paused": 2, "failed": 2}


def _administrator(request: HttpRequest) -> Actor:
    actor = member_actor(request)
    if not actor.is_administrator:
        raise Denied("Only administrators come in here. Ask one on the People page.")
    return actor


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The first stage, and what was brought in before."""
    actor = _administrator(request)
    form = ExportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = _asked(actor, form)
        except Invalid as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        else:
            return redirect(run.get_absolute_url())
    context = {
        "form": form,
        "runs": runs(actor)[:50],
        "claims": open_claims(actor)[:50],
        "stages": _stages(0),
    }
    return render(request, "imports/choose.html", context, status=422 if form.errors else 200)


def _asked(actor: Actor, form: ExportForm) -> Any:
    given = form.cleaned_data
    upload_id: UUID = given["upload"] or _received(actor, given["file"])
    return ask_import(
        actor=actor,
        kind=given["kind"],
        upload_id=upload_id,
        with_bots=given["with_bots"],
        with_direct_messages=given["with_direct_messages"],
    )


def _received(actor: Actor, file: "UploadedFile[Any]") -> UUID:
    """A file that came with the form, where there is no script to send it in pieces."""
    if not file.size:
        raise Invalid("This file is empty. Choose the export itself.", field="file")
    upload = start_upload(actor=actor, filename=file.name or "export", total_bytes=file.size, purpose="import")
    offset = 0
    for piece in file.chunks(PIECE):
        receive_piece(actor=actor, upload_id=upload.pk, offset=offset, data=piece)
        offset += len(piece)
    return upload.pk


@require_GET
def import_run(request: HttpRequest, run_id: int) -> HttpResponse:
    actor = _administrator(request)
    return render(request, "imports/run.html", _context(actor, run_id))


@require_GET
def part(request: HttpRequest, run_id: int) -> HttpResponse:
    """What changes while it goes on."""
    actor = _administrator(request)
    return render(request, "imports/_state.html", _context(actor, run_id))


def _context(actor: Actor, run_id: int) -> dict[str, Any]:
    after = latest_event_id()
    run = get_run(actor, run_id)
    told = run.preview or {}
    total = _chosen_messages(run, told)
    return {
        "run": run,
        "source": SOURCES[run.kind][0],
        "told": told,
        "first_at": _moment(told.get("first_at")),
        "last_at": _moment(told.get("last_at")),
        "total": total,
        "percent": round(100 * run.share),
        "left_out": left_out_lines(told.get("left_out", {}) if run.started_at is None else run.left_out),
        "channels": run_channels(actor, run),
        "targets": [one for one in postable_channels(actor) if not one.is_private] if run.state == "preview" else [],
        "stages": _stages(_STAGE.get(run.state, 3)),
        "minutes_left": _minutes_left(run),
        "may_undo": may_be_undone(run),
        "after": after,
    }


def _stages(now: int) -> list[tuple[int, str, str]]:
    return [
        (number + 1, name, "done" if number < now else "now" if number == now else "")
        for number, name in enumerate(STAGES)
    ]


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _chosen_messages(run: Any, told: dict[str, Any]) -> int:
    """What the channels that were chosen hold; some of it may be here already."""
    if run.channels is None:
        return int(told.get("messages", 0))
    return sum(channel["messages"] for channel in told.get("channels", []) if channel["key"] in run.channels)


def _minutes_left(run: Any) -> int | None:
    """From how it went so far; None before anything can be said."""
    if run.state != "running" or run.share < 0.02:
        return None
    seconds: float = (timezone.now() - run.started_at).total_seconds()
    share: float = run.share
    return max(1, round(seconds / share * (1 - share) / 60))


@require_POST
def start(request: HttpRequest, run_id: int) -> HttpResponse:
    actor = _administrator(request)
    run = get_run(actor, run_id)
    told = [channel["key"] for channel in (run.preview or {}).get("channels", [])]
    chosen = request.POST.getlist("take")
    targets = {key: _target(request.POST.get(f"target:{key}")) for key in told if key in chosen}
    start_import(actor=actor, run_id=run_id, channels=targets)
    return redirect("import", run_id)


def _target(told: str | None) -> int:
    return int(told) if told and told.isdecimal() and len(told) < 18 else 0


@require_POST
def discard(request: HttpRequest, run_id: int) -> HttpResponse:
    discard_import(actor=_administrator(request), run_id=run_id)
    messages.success(request, "The file is gone from here. Nothing was brought in.")
    return redirect("imports")


@require_POST
def pause(request: HttpRequest, run_id: int) -> HttpResponse:
    resume = request.POST.get("resume") == "1"
    pause_import(actor=_administrator(request), run_id=run_id, resume=resume)
    messages.success(request, "It goes on where it was." if resume else "It rests. What is in stays in.")
    return redirect("import", run_id)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """Asked once more before it is done: a page of its own, so that it works without script."""
    actor = _administrator(request)
    if request.method == "GET":
        return render(request, "imports/undo.html", _context(actor, run_id))
    undo_import(actor=actor, run_id=run_id)
    return redirect("import", run_id)


@require_GET
def report(request: HttpRequest, run_id: int) -> HttpResponse:
    """The report as a file."""
    run = get_run(_administrator(request), run_id)
    told = {
        "name": run.name,
        "source": SOURCES[run.kind][0],
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "messages": run.messages,
        "conversations": run.conversations,
        "answered": run.answered,
        "edited": run.edited,
        "removed": run.removed,
        "people_known": run.people_known,
        "people_new": run.people_new,
        "left_out": [
            {"what": line.title, "why": line.why, "count": line.count, "examples": list(line.examples)}
            for line in left_out_lines(run.left_out)
        ],
    }
    response = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.json"'
    return response


@require_POST
def claim(request: HttpRequest, member_id: int) -> HttpResponse:
    withdraw = request.POST.get("withdraw") == "1"
    claim_placeholder(actor=member_actor(request), member_id=member_id, withdraw=withdraw)
    said = "Taken back." if withdraw else "An administrator will look at it. Until then nothing changes."
    messages.success(request, said)
    return redirect("person", member_id)


@require_POST
def settle(request: HttpRequest, member_id: int) -> HttpResponse:
    accept = request.POST.get("accept") == "1"
    settled = settle_claim(actor=member_actor(request), member_id=member_id, accept=accept)
    words = f"What {settled.member.name} wrote is theirs now." if accept else "It stays as it was."
    messages.success(request, words)
    return redirect("imports")
