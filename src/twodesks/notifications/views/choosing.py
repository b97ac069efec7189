"""What to be told of, how and when."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from twodesks.kit.problem import Invalid
from twodesks.notifications.engine.kinds import BY_CHANNEL, HOWS, KINDS
from twodesks.notifications.forms import read_channel_choices, read_choices
from twodesks.notifications.operations.choose_notifications import choose_notifications
from twodesks.notifications.operations.stop_mail import stop_mail
from twodesks.notifications.queries.choices import choices_in, choices_of
from twodesks.notifications.tokens import read_stop_token
from twodesks.people.identity import member_actor
from twodesks.people.queries import can_send_mail

HOURS = range(24)


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    now = choices_of(actor)
    problem: Invalid | None = None
    if request.method == "POST":
        chosen = read_choices(request.POST, [channel.channel_id for channel in now.channels])
        try:
            choose_notifications(
                actor=actor, hows=chosen.hows, digest_hour=chosen.digest_hour, quiet=chosen.quiet
            )  # fmt: skip
        except Invalid as refusal:
            problem = refusal
        else:
            messages.success(request, "Saved. That is how we will tell you from now on.")
            return redirect("notification-choices")
    context: dict[str, object] = {
        "choices": now,
        "hows": HOWS,
        "by_channel": BY_CHANNEL,
        "hours_of_day": HOURS,
        "problem": problem,
    }
    context["has_mail"] = can_send_mail()
    return render(request, "notifications/choices.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
def choices_in_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Every kind, for what comes of one channel."""
    actor = member_actor(request)
    now = choices_in(actor, channel_id)
    problem: Invalid | None = None
    if request.method == "POST":
        try:
            choose_notifications(actor=actor, hows=read_channel_choices(request.POST, channel_id), keep_hours=True)
        except Invalid as refusal:
            problem = refusal
        else:
            messages.success(request, f"Saved. That is how we will tell you of {now.name} from now on.")
            return redirect("notification-choices")
    rows = [(kind, now.hows[kind.name]) for kind in KINDS]
    context = {"channel": now, "rows": rows, "hows": HOWS, "problem": problem}
    return render(request, "notifications/choices_in_channel.html", context, status=422 if problem else 200)


# Mail programs press this by themselves, without a session and without a page before it (RFC 8058).
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for one press of a button first when somebody follows the link: mail scanners follow links too."""
    if request.method == "POST":
        stop_mail(token=token)
    found = read_stop_token(token)
    of_conversation = found is not None and found[1].startswith("conversation:")
    return render(
        request, "notifications/stop.html", {"done": request.method == "POST", "conversation": of_conversation}
    )
