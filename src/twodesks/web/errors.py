"""The pages of what went wrong before or outside a view: what happened, that nothing was lost, what to do."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from twodesks.kit.problem import Denied, Invalid, NotFound, Problem, TooLarge, Unavailable
from twodesks.web.problems import wants_json


class Broken(Problem):
    code = "broken"
    status = 500
    title = "That is our mistake"


class StaleToken(Denied):
    """Signing in, in another tab too, changed the token that changes must carry. Pages fetch the new one."""

    code = "stale-token"
    title = "This page is from before you signed in"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _told(request, TooLarge("That is more than one form can send. Go back; what you wrote is still there."))
    return _told(request, Invalid("The address or the form could not be read. Go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(
        request, Denied("You are signed in, and this is for others. Ask a channel's steward or administrator.")
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without a request's context: whatever broke may break there again."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        response = _told(
            request, Unavailable("The database is not answering. Nothing was lost; try again in a minute.")
        )
        response["Retry-After"] = "10"
        return response
    number = response_number(request)
    return _told(request, Broken(f"Something broke on the server. Go back and try once more.{number}"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _told(
        request,
        StaleToken(
            "This page has been open for a while, so we could not be sure that it was you. Go back, reload, resend."
        ),
    )


def response_number(request: HttpRequest) -> str:
    number = getattr(request, "request_id", "")
    return f" If it happens again, tell your administrator the number {number}." if number else ""


def _told(request: HttpRequest, problem: Problem) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(problem.as_details(), status=problem.status, content_type="application/problem+json")
    return HttpResponse(render_to_string("web/problem.html", {"problem": problem}), status=problem.status)
