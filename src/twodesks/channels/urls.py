from django.urls import URLPattern, path

from twodesks.channels import views

urlpatterns: list[URLPattern] = [
    path("channels/new/", views.new_channel, name="new-channel"),
    path("channels/<str:slug>/settings/", views.settings, name="channel-settings"),
    path("channels/<str:slug>/follow/", views.follow, name="follow-channel"),
    path("channels/<str:slug>/members/", views.change_members, name="change-channel-members"),
    path("channels/<str:slug>/stewards/", views.change_stewards, name="change-channel-stewards"),
    path("channels/<str:slug>/archive/", views.archive, name="archive-channel"),
]
