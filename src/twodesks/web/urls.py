from django.conf import settings
from django.urls import URLPattern, path

from twodesks.web import theme, views
from twodesks.web.design.views import design

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("theme/", theme.choose_theme, name="theme"),
]
if settings.DEBUG or settings.DESIGN_PAGE:
    urlpatterns.append(path("design/", design, name="design"))
