"""What a browser may do with our pages: run our own files and nothing else."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS = ", ".join(
    [
        "microphone=(self)", "camera=(self)", "display-capture=(self)", "fullscreen=(self)",
        "picture-in-picture=(self)", "autoplay=(self)", "clipboard-write=(self)", "screen-wake-lock=(self)",
        "geolocation=()", "payment=()", "usb=()", "serial=()", "hid=()", "midi=()", "accelerometer=()",
        "gyroscope=()", "magnetometer=()", "browsing-topics=()",
    ]
)  # fmt: skip


class Nonce:
    """Made when a template first asks for it (`{{ request.csp_nonce }}`); pages without inline script have none."""

    def __init__(self) -> None:
        self.value = ""

    def __str__(self) -> str:
        self.value = self.value or secrets.token_urlsafe(16)
        return self.value


class SecurityHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = Nonce()
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = policy(nonce.value, settings.MEDIA_ORIGINS)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response


def policy(nonce: str, media_origins: list[str]) -> str:
    """`media_origins`: where recordings come from when they are kept in an object store."""
    elsewhere = "".join(f" {origin}" for origin in media_origins)
    allowed = f" 'nonce-{nonce}'" if nonce else ""
    rules = {
        "default-src": "'self'",
        "script-src": f"'self'{allowed}",
        "style-src": f"'self'{allowed}",
        "img-src": f"'self' data: blob:{elsewhere}",
        "media-src": f"'self' blob:{elsewhere}",
        "connect-src": f"'self'{elsewhere}",
        "font-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
