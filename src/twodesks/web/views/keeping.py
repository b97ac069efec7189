"""Making an insight of a conversation: which messages, and where they go. Beside it what is near already."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from twodesks.capture.forms import message_ids, number_of
from twodesks.capture.operations.append_to_insight import append_to_insight
from twodesks.capture.operations.capture_conversation import capture_conversation
from twodesks.capture.queries.kept import where_it_went
from twodesks.capture.queries.reading import hear
from twodesks.channels.queries import may_change, may_post, postable_channels
from twodesks.conversations.forms import number_or_none, numbers
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import plain_text
from twodesks.kit.problem import Denied, Invalid
from twodesks.people.identity import member_actor, signed_in
from twodesks.web.near import near_insights


def capture(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Choose messages and where they go. `insight` adds to one that is there; else a draft opens in the editor."""
    actor = member_actor(request)
    if request.method != "POST":
        return _choose(request, actor, conversation_id)
    try:
        chosen, target = message_ids(request), number_of(request, "insight")
        confirmed = bool(request.POST.get("confirm"))
        if target is not None:
            append_to_insight(
                actor=actor, conversation_id=conversation_id, insight_id=target, message_ids=chosen, confirmed=confirmed
            )
            messages.success(request, "Added. What was there stays as it was; the history has both.")
            return redirect("insight", target)
        link = capture_conversation(
            actor=actor, conversation_id=conversation_id, message_ids=chosen,
            channel_id=number_of(request, "channel"), confirmed=confirmed,
        )  # fmt: skip
    except (Invalid, Denied) as refused:
        return _choose(request, actor, conversation_id, problem=refused)
    return redirect("edit-insight", link.insight_id)


def _choose(
    request: HttpRequest, actor: Actor, conversation_id: int, problem: Invalid | Denied | None = None
) -> HttpResponse:
    heard = hear(actor, conversation_id)
    target = heard.conversation.channel_id
    zone = ZoneInfo(signed_in(request).time_zone)
    chosen = set(numbers(request.POST, "message") or numbers(request.GET, "message"))
    chosen = chosen or {message.pk for message in heard.messages}
    chosen_channel = number_or_none(request.POST.get("channel", ""))
    went = where_it_went(actor, conversation_id)
    near = near_insights(actor, heard, except_ids=[one.insight.pk for one in went])
    context = {
        "conversation": heard.conversation,
        "rows": [
            (message, plain_text(message.body), message.posted_at.astimezone(zone), message.pk in chosen)
            for message in heard.messages
        ],
        "channels": postable_channels(actor),
        "channel_id": chosen_channel or target,
        "stays": bool(may_post(actor, heard.conversation.channel)),
        "looks_after": heard.conversation.channel.is_private and may_change(actor, heard.conversation.channel),
        "went": went,
        "near": near,
        "insight_id": request.POST.get("insight", ""),
        "problem": problem,
    }
    return render(request, "capture/capture.html", context, status=problem.status if problem else 200)
