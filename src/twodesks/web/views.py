"""Home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from twodesks.people.identity import member_actor
from twodesks.people.queries import acting_member


def home(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    return render(request, "web/home.html", {"member": acting_member(actor)})
