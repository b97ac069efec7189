from django.urls import URLPattern, path

from twodesks.web import theme, views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("theme/", theme.choose_theme, name="theme"),
]
