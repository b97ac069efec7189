from django.urls import URLPattern, path

from twodesks.web import health, theme
from twodesks.web.design.views import design
from twodesks.web.views import channels, home, people

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("channels/", channels.channels, name="channels"),
    path("channels/<str:slug>/", channels.channel, name="channel"),
    path("people/", people.people, name="people"),
    path("people/<int:member_id>/", people.person, name="person"),
    path("readyz", health.ready, name="ready"),
    path("theme/", theme.choose_theme, name="theme"),
    path("design/", design, name="design"),
]
