"""The ways in and out: first run, sign-in, sign-in links, invitations."""

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from twodesks.activity.operations.consume_rate_limit import consume_rate_limit
from twodesks.kit.problem import Invalid
from twodesks.people.forms import JoinForm, SetUpForm, SignInForm, SignInLinkForm
from twodesks.people.identity import actor_of
from twodesks.people.operations.accept_invitation import accept_invitation
from twodesks.people.operations.ask_for_sign_in_link import ask_for_sign_in_link
from twodesks.people.operations.found_organisation import found_organisation
from twodesks.people.operations.sign_in import sign_in as check_sign_in
from twodesks.people.operations.use_sign_in_link import use_sign_in_link
from twodesks.people.queries import can_send_mail, invitation_by_token, organisation

# A screen recording of an hour with its rendition, as made here: 1.5 Mbit/s and 1.2 Mbit/s.
BYTES_AN_HOUR = 1_215_000_000
BACKEND = "twodesks.people.sessions.MemberBackend"


def _where_to(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else reverse("home")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    if organisation() is not None:
        return redirect("home")
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = found_organisation(actor=actor_of(request), **form.cleaned_data)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            auth.login(request, member, backend=BACKEND)
            return redirect("home")
    free = shutil.disk_usage(settings.MEDIA_ROOT if Path(settings.MEDIA_ROOT).exists() else "/").free
    context = {
        "form": form,
        "space": filesizeformat(free),
        "hours": free // BYTES_AN_HOUR,
        "mails": can_send_mail(),
    }
    return render(request, "people/set_up.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if organisation() is None:
        return redirect("set-up")
    if not actor_of(request).is_guest and request.method == "GET":
        return HttpResponseRedirect(_where_to(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        consume_rate_limit(key=f"sign-in:{_address(request)}", allowed=30, per_seconds=600)
        consume_rate_limit(key=f"sign-in:{email.lower()}", allowed=8, per_seconds=600)
        try:
            member = check_sign_in(actor=actor_of(request), **form.cleaned_data)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            auth.login(request, member, backend=BACKEND)
            return HttpResponseRedirect(_where_to(request))
    context = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "people/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("sign-in")


@never_cache
@require_http_methods(["GET", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    form = SignInLinkForm(request.POST or None)
    mails, sent = can_send_mail(), False
    if request.method == "POST" and form.is_valid():
        consume_rate_limit(key=f"sign-in-link:{_address(request)}", allowed=10, per_seconds=3600)
        ask_for_sign_in_link(actor=actor_of(request), email=form.cleaned_data["email"])
        sent = True
    context = {"form": form, "sent": sent, "mails": mails}
    return render(request, "people/ask_for_link.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def use_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for one press of a button first: mail scanners follow links, and this one works once."""
    if request.method == "POST":
        consume_rate_limit(key=f"sign-in:{_address(request)}", allowed=30, per_seconds=600)
        auth.login(request, use_sign_in_link(actor=actor_of(request), token=token), backend=BACKEND)
        return redirect("home")
    return render(request, "people/use_link.html", {"token": token})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitation_by_token(token)
    form = JoinForm(request.POST or None, initial={"email": invitation.email or ""})
    if invitation.email:
        form.fields["email"].disabled = True
    if request.method == "POST" and form.is_valid():
        consume_rate_limit(key=f"join:{_address(request)}", allowed=30, per_seconds=3600)
        try:
            member = accept_invitation(actor=actor_of(request), token=token, **form.cleaned_data)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            auth.login(request, member, backend=BACKEND)
            return redirect("home")
    context = {"form": form, "invitation": invitation}
    return render(request, "people/join.html", context, status=422 if form.errors else 200)
