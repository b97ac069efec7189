from django.conf import settings
from django.urls import URLPattern, path

from twodesks.web import health, theme, views
from twodesks.web.design.views import design

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("readyz", health.ready, name="ready"),
    path("theme/", theme.choose_theme, name="theme"),
]
if settings.DEBUG or settings.DESIGN_PAGE:
    urlpatterns.append(path("design/", design, name="design"))
