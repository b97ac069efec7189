from django.urls import URLPattern, path

from twodesks.imports import views

urlpatterns: list[URLPattern] = [
    path("administration/import/", views.choose, name="imports"),
    path("administration/import/<int:run_id>/", views.import_run, name="import"),
    path("administration/import/<int:run_id>/part/", views.part, name="import-part"),
    path("administration/import/<int:run_id>/start/", views.start, name="start-import"),
    path("administration/import/<int:run_id>/discard/", views.discard, name="discard-import"),
    path("administration/import/<int:run_id>/pause/", views.pause, name="pause-import"),
    path("administration/import/<int:run_id>/undo/", views.undo, name="undo-import"),
    path("administration/import/<int:run_id>/report.json", views.report, name="import-report"),
    path("people/<int:member_id>/claim/", views.claim, name="claim-placeholder"),
    path("administration/claims/<int:member_id>/", views.settle, name="settle-claim"),
]
