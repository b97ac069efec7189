from django.urls import URLPattern, path

from twodesks.web import views

urlpatterns: list[URLPattern] = [path("", views.home, name="home")]
