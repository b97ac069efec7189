"""Inviting people, and looking after members."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from twodesks.activity.operations.consume_rate_limit import consume_rate_limit
from twodesks.kit.actor import Role
from twodesks.kit.problem import Denied, Invalid
from twodesks.people.forms import InviteForm
from twodesks.people.identity import member_actor
from twodesks.people.operations.change_role import change_role
from twodesks.people.operations.deactivate_member import deactivate_member
from twodesks.people.operations.invite import invite as make_invitation
from twodesks.people.operations.revoke_invitation import revoke_invitation
from twodesks.people.queries import can_send_mail, members, open_invitations


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    form = InviteForm(request.POST or None)
    if not actor.is_administrator:
        del form.fields["role"]
    if request.method == "POST" and form.is_valid():
        consume_rate_limit(key=f"invite:{actor.member_id}", allowed=60, per_seconds=3600)
        role = Role(form.cleaned_data.get("role", Role.MEMBER))
        try:
            made = make_invitation(actor=actor, email=form.cleaned_data["email"], role=role)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            messages.success(request, f"{_said_of(made.email)} It holds for 14 days.")
            return redirect("invite")
    invitations = [
        (invitation, settings.BASE_URL + reverse("join", args=[invitation.token]))
        for invitation in open_invitations(actor)
    ]
    context = {"form": form, "invitations": invitations}
    return render(request, "people/invite.html", context, status=422 if form.errors else 200)


def _said_of(email: str | None) -> str:
    if not email:
        return "The link is ready to pass on."
    if can_send_mail():
        return f"An invitation is on its way to {email}."
    return f"No mail is sent from here, so pass the link below on to {email} yourself."


@require_POST
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    revoke_invitation(actor=member_actor(request), invitation_id=invitation_id)
    messages.success(request, "The invitation is taken back.")
    return redirect("invite")


@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    if not actor.is_administrator:
        raise Denied("Only administrators come in here. Ask one on the People page.")
    inside = members(actor).filter(placeholder=None)
    return render(request, "people/administration.html", {"members": inside, "roles": list(Role)})


@require_POST
def set_role(request: HttpRequest, member_id: int) -> HttpResponse:
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError as error:
        raise Invalid("Choose a role from the list.", field="role") from error
    member = change_role(actor=member_actor(request), member_id=member_id, role=role)
    messages.success(request, f"{member.name} is {role.value} now.")
    return redirect("administration")


@require_POST
def set_active(request: HttpRequest, member_id: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    deactivate_member(actor=member_actor(request), member_id=member_id, active=active)
    messages.success(
        request, "The account is open again." if active else "The account is closed. What they gave stays."
    )
    return redirect("administration")
