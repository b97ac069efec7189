"""Mending captions and chapters, cutting clips: each call one change, answered with how things are now."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid, NotFound
from twodesks.media.adapter import problem_details
from twodesks.people.identity import member_actor
from twodesks.recordings import forms
from twodesks.recordings.operations.add_chapter import add_chapter
from twodesks.recordings.operations.correct_captions import correct_captions
from twodesks.recordings.operations.delete_clip import delete_clip
from twodesks.recordings.operations.make_clip import make_clip
from twodesks.recordings.operations.merge_cues import merge_cues
from twodesks.recordings.operations.name_speaker import name_speaker
from twodesks.recordings.operations.redo_captions import redo_captions
from twodesks.recordings.operations.remove_chapter import remove_chapter
from twodesks.recordings.operations.rename_chapter import rename_chapter
from twodesks.recordings.operations.replace_captions import MAX_LETTERS, replace_captions
from twodesks.recordings.operations.retime_cue import retime_cue
from twodesks.recordings.operations.split_cue import split_cue
from twodesks.recordings.operations.undo_captions import undo_captions
from twodesks.recordings.queries import clip_content, clips_of, track_state

CAPTION_CHANGES: dict[str, tuple[type[forms.Form], Callable[..., object]]] = {
    "correct": (forms.CorrectCue, correct_captions),
    "split": (forms.SplitCue, split_cue),
    "merge": (forms.MergeCues, merge_cues),
    "retime": (forms.RetimeCue, retime_cue),
    "speaker": (forms.NameSpeaker, name_speaker),
    "undo": (forms.Mend, undo_captions),
    "redo": (forms.Mend, redo_captions),
    "replace": (forms.ReplaceCaptions, replace_captions),
}
CHAPTER_CHANGES: dict[str, tuple[type[forms.Form], Callable[..., object]]] = {
    "add": (forms.TitledChapter, add_chapter),
    "rename": (forms.TitledChapter, rename_chapter),
    "remove": (forms.ChapterAt, remove_chapter),
    "undo": (forms.Mend, undo_captions),
    "redo": (forms.Mend, redo_captions),
}


@require_GET
@problem_details
def transcript(request: HttpRequest, recording_id: int) -> HttpResponse:
    return JsonResponse(_captions(member_actor(request), recording_id))


@require_POST
@problem_details
def change_captions(request: HttpRequest, recording_id: int, change: str) -> HttpResponse:
    actor = member_actor(request)
    form, operation = _found(CAPTION_CHANGES, change)
    given = _from_file(request) if change == "replace" and request.FILES else None
    content = given or forms.read_form(request, form).model_dump()
    operation(actor=actor, recording_id=recording_id, **content)
    return JsonResponse(_captions(actor, recording_id))


@require_POST
@problem_details
def change_chapters(request: HttpRequest, recording_id: int, change: str) -> HttpResponse:
    actor = member_actor(request)
    form, operation = _found(CHAPTER_CHANGES, change)
    content = forms.read_form(request, form).model_dump()
    if change in ("undo", "redo"):
        content["kind"] = "chapters"
    operation(actor=actor, recording_id=recording_id, **content)
    state = track_state(actor, recording_id, "chapters")
    return JsonResponse(
        {
            "chapters": {"version": state.version, "cues": state.cues},
            "can_undo": state.can_undo,
            "can_redo": state.can_redo,
        }
    )


@require_http_methods(["GET", "POST"])
@problem_details
def clips(request: HttpRequest, recording_id: int) -> HttpResponse:
    actor = member_actor(request)
    if request.method == "GET":
        return JsonResponse({"clips": clips_of(actor, recording_id)})
    made = make_clip(actor=actor, recording_id=recording_id, **forms.read_form(request, forms.MakeClip).model_dump())
    return JsonResponse(clip_content(actor, made), status=201)


@require_http_methods(["DELETE"])
@problem_details
def clip(request: HttpRequest, recording_id: int, clip_id: int) -> HttpResponse:
    delete_clip(actor=member_actor(request), recording_id=recording_id, clip_id=clip_id)
    return HttpResponse(status=204)


def _found(
    changes: dict[str, tuple[type[forms.Form], Callable[..., object]]], change: str
) -> tuple[type[forms.Form], Callable[..., object]]:
    if change not in changes:
        raise NotFound
    return changes[change]


def _from_file(request: HttpRequest) -> dict[str, Any]:
    """A caption file sent by a form, in UTF-8 or, as older programs write it, in Latin-1."""
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Invalid("Choose a caption file: WebVTT (.vtt) or SubRip (.srt).", field="file")
    data = file.read(4 * MAX_LETTERS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    based_on = request.POST.get("based_on", "")
    return {"text": text, "filename": file.name or "", "based_on": int(based_on) if based_on.isdecimal() else None}


def _captions(actor: Actor, recording_id: int) -> dict[str, Any]:
    state = track_state(actor, recording_id)
    return {
        "captions": {
            "version": state.version,
            "final": state.version is not None,
            "cues": state.cues,
            "words": state.words,
            "language": state.language,
        },
        "speakers": [speaker.as_json() for speaker in state.speakers],
        "can_undo": state.can_undo,
        "can_redo": state.can_redo,
    }
