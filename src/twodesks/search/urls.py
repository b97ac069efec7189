from django.urls import URLPattern, path

from twodesks.search import views

urlpatterns: list[URLPattern] = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggestions, name="suggest"),
]
