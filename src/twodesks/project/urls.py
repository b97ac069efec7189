"""The root of all addresses. Each app brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("twodesks.people.urls")),
    path("", include("twodesks.media.urls")),
    path("", include("twodesks.channels.urls")),
    path("", include("twodesks.recordings.urls")),
    path("", include("twodesks.conversations.urls")),
    path("", include("twodesks.imports.urls")),
    path("", include("twodesks.insights.urls")),
    path("", include("twodesks.capture.urls")),
    path("", include("twodesks.courses.urls")),
    path("", include("twodesks.search.urls")),
    path("", include("twodesks.notifications.urls")),
    path("", include("twodesks.web.urls")),
]

handler400 = "twodesks.web.errors.bad_request"
handler403 = "twodesks.web.errors.permission_denied"
handler404 = "twodesks.web.errors.page_not_found"
handler500 = "twodesks.web.errors.server_error"
