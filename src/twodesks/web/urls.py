from django.urls import URLPattern, path

from twodesks.web import theme, views
from twodesks.web.design.views import design

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("theme/", theme.choose_theme, name="theme"),
    path("design/", design, name="design"),
]
