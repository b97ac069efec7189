"""Problems become pages for people and RFC 9457 details for programs."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from twodesks.kit.problem import Problem, SignInNeeded


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "json" in request.headers.get("Accept", "")


class ProblemMiddleware:
    """Answers a refused operation wherever a view lets it through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Problem):
            return None
        if wants_json(request):
            return JsonResponse(
                exception.as_details(), status=exception.status, content_type="application/problem+json"
            )
        if isinstance(exception, SignInNeeded) and request.method == "GET":
            return redirect(f"/sign-in/?next={quote(request.get_full_path())}")
        return render(request, "web/problem.html", {"problem": exception}, status=exception.status)
