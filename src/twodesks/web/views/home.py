"""Home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from twodesks.people.identity import member_actor, signed_in
from twodesks.people.queries import organisation
from twodesks.web.desk import home_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_anonymous and organisation() is None:
        return redirect("set-up")
    actor = member_actor(request)
    member = signed_in(request)
    return render(request, "web/home.html", {"member": member, "home": home_of(actor, member.time_zone)})
