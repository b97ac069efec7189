"""The front of a web process: live events and static files in ASGI, pages in Django's WSGI handler behind a bridge."""

import re

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from psycopg import conninfo
from servestatic import ServeStaticASGI

from twodesks.activity.live_views import LiveEvents
from twodesks.kit.actor import Actor
from twodesks.people.identity import actor_of
from twodesks.server.bridge import Asgi, Bridge, Receive, Scope, Send, send_text

# Vite puts a hash of each file's content into its name.
HASHED_NAME = re.compile(r"^.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+(\.map)?$")


class Front:
    """Sends each request to the one that answers it."""

    def __init__(self) -> None:
        self.live = LiveEvents(identify, listening_address)
        self.bridge = Bridge(WSGIHandler(), threads=settings.PAGE_THREADS, body_limit=settings.REQUEST_MAX_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path == "/live/events":
            await self.live(scope, receive, send)
        elif scope["type"] == "http" and path == "/healthz":
            await send_text(send, 200, b"ok", [("cache-control", "no-store")])
        else:
            await self.bridge(scope, receive, send)


def identify(request: ASGIRequest) -> Actor:
    """Who is signed in, by the same session that pages use."""
    SessionMiddleware(_nothing).process_request(request)
    AuthenticationMiddleware(_nothing).process_request(request)
    return actor_of(request)


def listening_address() -> str:
    """libpq's words for the database, or `DATABASE_DIRECT_URL` where a pooler stands between, which cannot listen."""
    if settings.DATABASE_DIRECT_URL:
        return str(settings.DATABASE_DIRECT_URL)
    parameters = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "options")
    given = {name: parameters[name] for name in names if parameters.get(name)}
    return conninfo.make_conninfo(**given)


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _immutable(path: str, url: str) -> bool:
    return "/dist/" in url and HASHED_NAME.match(url.rsplit("/", 1)[-1]) is not None


def _compose() -> Asgi:
    list(get_resolver().url_patterns)  # views are loaded now, once, and shared by the processes that are forked later
    front: Asgi = Front()
    static = settings.PACKAGE / "static"
    if static.is_dir():
        front = ServeStaticASGI(
            front,
            root=static,
            prefix="static/",
            autorefresh=settings.DEBUG,
            max_age=3600,
            allow_all_origins=False,
            immutable_file_test=_immutable,
        )
    behind_proxies: Asgi = wrap_asgi_with_proxy_headers(front, settings.TRUSTED_PROXIES)
    return behind_proxies


application = _compose()
