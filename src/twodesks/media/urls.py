from django.urls import URLPattern, path

from twodesks.media import views

urlpatterns: list[URLPattern] = [
    path("media/uploads/", views.uploads, name="uploads"),
    path("media/uploads/<uuid:upload_id>", views.upload, name="upload"),
]
