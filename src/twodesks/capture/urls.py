from django.urls import URLPattern, path

from twodesks.capture import views

urlpatterns: list[URLPattern] = [
    path("conversations/<int:conversation_id>/keep/", views.keep, name="keep-conversation"),
    path("conversations/<int:conversation_id>/put-aside/", views.put_aside, name="put-aside-conversation"),
    path("insights/<int:insight_id>/came-from/", views.origin, name="came-from"),
    path("offers/<int:offer_id>/", views.answer, name="answer-offer"),
    path("captures/<int:capture_id>/allow/", views.allow, name="allow-elsewhere"),
    path("updates/", views.updates, name="possible-updates"),
    path("updates/<int:update_id>/settle/", views.settle, name="settle-update"),
    path("updates/<int:update_id>/add/", views.add, name="add-update"),
]
