"""One's own profile, photo, password and sessions."""

from django.contrib import auth, messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from twodesks.kit.problem import Invalid, TooLarge
from twodesks.people.engine.availability import moment, zone_of
from twodesks.people.forms import AvailabilityForm, ChangePasswordForm, PhotoForm, ProfileForm
from twodesks.people.identity import member_actor
from twodesks.people.operations.change_password import change_password
from twodesks.people.operations.change_photo import change_photo
from twodesks.people.operations.change_profile import change_profile
from twodesks.people.operations.set_availability import set_availability
from twodesks.people.operations.sign_out_everywhere import sign_out_everywhere
from twodesks.people.queries import acting_member, availability_of, get_photo

FIELDS = ("name", "job_title", "place", "time_zone", "helps_with")


def _page(request: HttpRequest, **forms: object) -> HttpResponse:
    member = acting_member(member_actor(request))
    context: dict[str, object] = {
        "member": member,
        "profile_form": ProfileForm(initial={field: getattr(member, field) for field in FIELDS}),
        "photo_form": PhotoForm(),
        "password_form": ChangePasswordForm(),
        "availability": availability_of(member),
        "availability_form": AvailabilityForm(),
    }
    return render(request, "people/me.html", context | forms, status=422 if forms else 200)


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def save_profile(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            change_profile(actor=actor, **form.cleaned_data)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("me")
    return _page(request, profile_form=form)


@require_POST
def save_availability(request: HttpRequest) -> HttpResponse:
    """`free` is free again at once; otherwise a time by the member's own clock."""
    actor = member_actor(request)
    if "free" in request.POST:
        set_availability(actor=actor, not_asked_until=None)
        messages.success(request, "You are free to be asked again.")
        return redirect("me")
    form = AvailabilityForm(request.POST)
    if form.is_valid():
        zone = zone_of(acting_member(actor).time_zone)
        until = form.cleaned_data["not_asked_until"].replace(tzinfo=zone)
        try:
            set_availability(actor=actor, not_asked_until=until)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            until_when = moment(until, timezone.now().astimezone(zone))
            messages.success(request, f"Nobody is led to ask you until {until_when}. Change that here any time.")
            return redirect("me")
    return _page(request, availability_form=form)


@require_POST
def save_photo(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    if "remove" in request.POST:
        change_photo(actor=actor, picture=None)
        return redirect("me")
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            change_photo(actor=actor, picture=form.cleaned_data["photo"].file)
        except (Invalid, TooLarge) as problem:
            form.add_error("photo", problem.detail)
        else:
            messages.success(request, "That is you. It shows beside your words from now on.")
            return redirect("me")
    return _page(request, photo_form=form)


@sensitive_post_parameters("password")
@require_POST
def save_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST)
    if form.is_valid():
        member = change_password(actor=member_actor(request), password=form.cleaned_data["password"])
        auth.update_session_auth_hash(request, member)
        messages.success(request, "Your password is changed. Other devices have to sign in again.")
        return redirect("me")
    return _page(request, password_form=form)


@require_POST
def leave_everywhere(request: HttpRequest) -> HttpResponse:
    sign_out_everywhere(actor=member_actor(request))
    auth.logout(request)
    messages.success(request, "You are signed out on every device.")
    return redirect("sign-in")


@require_GET
def photo(request: HttpRequest, member_id: int, name: str) -> FileResponse:
    response = FileResponse(get_photo(member_actor(request), member_id, name), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
