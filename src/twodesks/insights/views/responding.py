"""What readers do with an insight: say whether it helped, thank, credit, check, move, withdraw."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from twodesks.insights.forms import chosen_number
from twodesks.insights.operations.check_insight import check_insight
from twodesks.insights.operations.credit_member import credit_member
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.insights.operations.move_insight import move_insight
from twodesks.insights.operations.reinstate_insight import reinstate_insight
from twodesks.insights.operations.remove_credit import remove_credit
from twodesks.insights.operations.retract_verdict import retract_verdict
from twodesks.insights.operations.withdraw_insight import withdraw_insight
from twodesks.insights.queries import get_insight
from twodesks.insights.queries.reading import read_insight, read_verdicts
from twodesks.kit.problem import Invalid
from twodesks.people.identity import member_actor


def _is_htmx(request: HttpRequest) -> bool:
    details: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(details)


def _back(insight_id: int, part: str = "") -> HttpResponse:
    return redirect(reverse("insight", args=[insight_id]) + (f"#{part}" if part else ""))


@require_POST
def verdict(request: HttpRequest, insight_id: int) -> HttpResponse:
    """`outcome`: `helped`, `did-not-work` with a `reason`, or `retract`."""
    actor = member_actor(request)
    outcome, reason = request.POST.get("outcome", ""), request.POST.get("reason", "")
    problem: Invalid | None = None
    try:
        if outcome == "helped":
            mark_helped(actor=actor, insight_id=insight_id, reason=reason)
        elif outcome == "did-not-work":
            mark_did_not_work(actor=actor, insight_id=insight_id, reason=reason)
        elif outcome == "retract":
            retract_verdict(actor=actor, insight_id=insight_id)
        else:
            raise Invalid("Say whether it helped or did not work.", field="outcome")
    except Invalid as refused:
        problem = refused
    if not _is_htmx(request):
        if problem is None:
            return _back(insight_id, "helped")
        page = read_insight(actor, insight_id)
        context = {"page": page, "insight": page.insight, "problem": problem, "reason": reason}
        return render(request, "insights/insight.html", context, status=problem.status)
    context = {
        "insight": get_insight(actor, insight_id),
        "verdicts": read_verdicts(actor, insight_id),
        "problem": problem,
        "reason": reason,
        "answered": True,
    }
    return render(request, "insights/_helped.html", context, status=problem.status if problem else 200)


@require_POST
def thanks(request: HttpRequest, insight_id: int) -> HttpResponse:
    actor = member_actor(request)
    receiver = chosen_number(request, "receiver", "Choose whom to thank.")
    given = give_thanks(actor=actor, insight_id=insight_id, receiver_id=receiver, words=request.POST.get("words", ""))
    messages.success(request, f"{given.receiver.first_name} will find your thanks at home.")
    return _back(insight_id, "thanks")


@require_POST
def credits(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Name somebody, or with `remove` take a credit away. Answers to where it was asked: the editor or the page."""
    actor = member_actor(request)
    if "remove" in request.POST:
        credit_id = chosen_number(request, "remove", "Choose a credit.")
        remove_credit(actor=actor, insight_id=insight_id, credit_id=credit_id)
    else:
        member = chosen_number(request, "member", "Choose somebody from the list.")
        credit_member(actor=actor, insight_id=insight_id, member_id=member, role=request.POST.get("role", ""))
    if _is_htmx(request):
        credits = get_insight(actor, insight_id).credits.select_related("member").order_by("given_at", "pk")
        return render(request, "insights/_credits.html", {"credits": credits, "insight_id": insight_id})
    return redirect("edit-insight", insight_id=insight_id)


@require_POST
def check(request: HttpRequest, insight_id: int) -> HttpResponse:
    check_insight(actor=member_actor(request), insight_id=insight_id)
    messages.success(request, "It counts as checked today.")
    return _back(insight_id, "fresh")


@require_POST
def move(request: HttpRequest, insight_id: int) -> HttpResponse:
    channel = chosen_number(request, "channel", "Choose a channel from the list.")
    moved = move_insight(actor=member_actor(request), insight_id=insight_id, channel_id=channel)
    messages.success(request, f"It is in {moved.channel} now.")
    return _back(insight_id)


@require_POST
def withdraw(request: HttpRequest, insight_id: int) -> HttpResponse:
    actor = member_actor(request)
    withdrawn = withdraw_insight(actor=actor, insight_id=insight_id)
    if withdrawn.author_id == actor.member_id:
        messages.success(request, "Nobody else sees it now. You can bring it back below its title.")
        return _back(insight_id)
    messages.success(request, "It is withdrawn. Its author can bring it back.")
    return redirect("library")


@require_POST
def reinstate(request: HttpRequest, insight_id: int) -> HttpResponse:
    insight = reinstate_insight(actor=member_actor(request), insight_id=insight_id)
    messages.success(request, "It is back.")
    return _back(insight_id) if insight.published_at else redirect("edit-insight", insight_id=insight_id)
