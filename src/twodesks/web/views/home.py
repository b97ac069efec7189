"""Home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from twodesks.people.identity import member_actor
from twodesks.people.queries import acting_member, organisation
from twodesks.web.desk import home_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    if organisation() is None:
        return redirect("set-up")
    actor = member_actor(request)
    member = acting_member(actor)
    return render(request, "web/home.html", {"member": member, "home": home_of(actor, member)})
