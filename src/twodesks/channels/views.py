"""Making and looking after channels. The pages of a channel show what lies on higher floors: see `web`."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from twodesks.channels.forms import ChannelForm
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.add_steward import add_steward
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.change_channel import change_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.channels.operations.remove_steward import remove_steward
from twodesks.channels.operations.unfollow_channel import unfollow_channel
from twodesks.channels.queries import channel_row, get_channel_by_slug, may_change, members_of
from twodesks.kit.problem import Invalid
from twodesks.people.identity import member_actor
from twodesks.people.queries import members


@require_http_methods(["GET", "POST"])
def new_channel(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            channel = create_channel(actor=actor, **form.cleaned_data)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            return redirect("channel", slug=channel.slug)
    return render(request, "channels/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    channel = get_channel_by_slug(actor, slug)
    may_change(actor, channel).require()
    initial = {"name": channel.name, "purpose": channel.purpose, "visibility": channel.visibility}
    form = ChannelForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_channel(actor=actor, channel_id=channel.pk, **form.cleaned_data)
        except Invalid as problem:
            form.add_error(problem.field, problem.detail)
        else:
            messages.success(request, "The channel is changed.")
            return redirect("channel", slug=slug)
    inside = members_of(actor, channel)
    row = channel_row(actor, slug)
    known = {member.pk for member in inside}
    stewards = {member.pk for member in row.stewards}
    everybody = list(members(actor).filter(deactivated_at=None))
    context = {
        "channel": channel,
        "row": row,
        "form": form,
        "inside": inside,
        "could_join": [member for member in everybody if member.pk not in known],
        "could_look_after": [member for member in everybody if member.pk not in stewards],
    }
    return render(request, "channels/settings.html", context, status=422 if form.errors else 200)


def _back(request: HttpRequest, fallback: str) -> HttpResponse:
    """To the channels page when the button was pressed there, else to the channel's own."""
    return HttpResponseRedirect(reverse("channels") if request.POST.get("back") == "channels" else fallback)


@require_POST
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    channel = get_channel_by_slug(actor, slug)
    if request.POST.get("following") == "0":
        unfollow_channel(actor=actor, channel_id=channel.pk)
    else:
        follow_channel(actor=actor, channel_id=channel.pk)
    return _back(request, reverse("channel", args=[slug]))


def _member_id(request: HttpRequest) -> int:
    try:
        return int(request.POST.get("member", ""))
    except ValueError as error:
        raise Invalid("Choose somebody from the list.", field="member") from error


@require_POST
def change_members(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    channel = get_channel_by_slug(actor, slug)
    operation = remove_channel_member if "remove" in request.POST else add_channel_member
    operation(actor=actor, channel_id=channel.pk, member_id=_member_id(request))
    left = "remove" in request.POST and _member_id(request) == actor.member_id
    return redirect("channels") if left else redirect("channel-settings", slug=slug)


@require_POST
def change_stewards(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    channel = get_channel_by_slug(actor, slug)
    operation = remove_steward if "remove" in request.POST else add_steward
    operation(actor=actor, channel_id=channel.pk, member_id=_member_id(request))
    stays = may_change(actor, channel) and request.POST.get("back") != "channels"
    return redirect("channel-settings", slug=slug) if stays else _back(request, reverse("channel", args=[slug]))


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    channel = get_channel_by_slug(actor, slug)
    archive_channel(actor=actor, channel_id=channel.pk, archived=request.POST.get("archived") != "0")
    return redirect("channel", slug=slug)
