from django.urls import URLPattern, path

from twodesks.media.views import files, uploads

urlpatterns: list[URLPattern] = [
    path("media/uploads/", uploads.uploads, name="uploads"),
    path("media/uploads/<uuid:upload_id>", uploads.upload, name="upload"),
    path("media/<str:token>/<path:name>", files.file, name="media-file"),
]
