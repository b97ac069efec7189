from django.urls import URLPattern, path

from twodesks.notifications.views import choosing, reading

urlpatterns: list[URLPattern] = [
    path("notifications/", reading.notifications, name="notifications"),
    path("notifications/panel/", reading.panel, name="notification-panel"),
    path("notifications/badge/", reading.badge, name="notification-badge"),
    path("notifications/seen/", reading.mark_seen, name="notifications-seen"),
    path("notifications/open/<uuid:key>/", reading.open_notification, name="open-notification"),
    path("notifications/stop/<str:token>/", choosing.stop, name="stop-mail"),
    path("me/notifications/", choosing.choices, name="notification-choices"),
    path(
        "me/notifications/channels/<int:channel_id>/",
        choosing.choices_in_channel,
        name="notification-choices-in-channel",
    ),
]
