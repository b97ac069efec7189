from django.urls import URLPattern, path

from twodesks.web import health, theme
from twodesks.web.design.views import design
from twodesks.web.views import ask, channels, conversations, home, keeping, people

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("ask/", ask.ask, name="ask"),
    path("ask/suggestions/", ask.suggestions, name="ask-suggestions"),
    path("ask/people/", ask.people, name="ask-people"),
    path("ask/answered/", ask.answered, name="ask-answered"),
    path("channels/", channels.channels, name="channels"),
    path("channels/<str:slug>/", channels.channel, name="channel"),
    path("conversations/<int:conversation_id>/", conversations.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/nearby/", conversations.nearby, name="conversation-nearby"),
    path("conversations/<int:conversation_id>/capture/", keeping.capture, name="capture-conversation"),
    path("people/", people.people, name="people"),
    path("people/<int:member_id>/", people.person, name="person"),
    path("readyz", health.ready, name="ready"),
    path("theme/", theme.choose_theme, name="theme"),
    path("design/", design, name="design"),
]
