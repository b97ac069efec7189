"""One line in the log for each request, and a number by which to find it again. Never an address's own words:
searches, names of files and the keys of signed links stay out; the route says enough."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
SLOW_MS = 1000

log = structlog.get_logger("twodesks.request")


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        took = round((time.perf_counter() - began) * 1000, 1)
        match = request.resolver_match
        tell = log.warning if response.status_code >= 500 or took > SLOW_MS else log.info
        tell(
            "request",
            method=request.method,
            route=match.route if match else None,
            status=response.status_code,
            ms=took,
        )
        return response
