"""The people here, and the page of one with evidence of whom they helped."""

from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from twodesks.courses.queries import completed_courses, courses_in_progress, taught_through
from twodesks.insights.queries.library import insight_rows
from twodesks.insights.queries.shelves import explained_insights, listed_insights, people_helped, thanks_to
from twodesks.people.identity import member_actor
from twodesks.people.queries import get_member, members, placeholder_of


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who is here, those whose explanations helped most first: what they explained is counted as seen."""
    actor = member_actor(request)
    wanted = request.GET.get("find", "").strip()
    seen = Q(credits__role="explained", credits__insight__in=listed_insights(actor).order_by().values("pk"))
    found = members(actor).filter(deactivated_at=None).annotate(explained=Count("credits", filter=seen, distinct=True))
    if wanted:
        words = Q(name__icontains=wanted) | Q(helps_with__icontains=wanted)
        found = found.filter(words | Q(job_title__icontains=wanted) | Q(place__icontains=wanted))
    page = Paginator(found.order_by("-explained", "name"), 48).get_page(request.GET.get("page"))
    return render(request, "web/people.html", {"page": page, "find": wanted})


@require_GET
def person(request: HttpRequest, member_id: int) -> HttpResponse:
    actor = member_actor(request)
    found = get_member(actor, member_id)
    explained = insight_rows(actor, explained_insights(actor, member_id).prefetch_related(None)[:12])
    topics: dict[str, tuple[int, int]] = {}
    for row in explained:
        for topic in row.insight.topics:
            insights, helped = topics.get(topic, (0, 0))
            topics[topic] = (insights + 1, helped + row.insight.helped_count)
    ranked = sorted(topics.items(), key=lambda item: (item[1][1], item[1][0]), reverse=True)[:6]
    most = max((helped for _, (_, helped) in ranked), default=0)
    own = actor.member_id == member_id
    helped_live = people_helped(actor, member_id)
    taught = taught_through(actor, member_id)
    context = {
        "person": found,
        "is_own": own,
        "placeholder": placeholder_of(actor, member_id),
        "now": timezone.now().astimezone(ZoneInfo(found.time_zone)),
        "explained": explained,
        "topics": [
            (topic, insights, helped, round(100 * helped / most) if most else 0) for topic, (insights, helped) in ranked
        ],
        "helped": helped_live,
        "taught": taught,
        "thanks": thanks_to(actor, member_id, limit=6),
        "completed": completed_courses(actor, member_id),
        "learning": courses_in_progress(actor) if own else (),
    }
    return render(request, "web/person.html", context)
