from django.urls import URLPattern, path

from twodesks.web import health, theme, views
from twodesks.web.design.views import design

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("readyz", health.ready, name="ready"),
    path("theme/", theme.choose_theme, name="theme"),
    path("design/", design, name="design"),
]
