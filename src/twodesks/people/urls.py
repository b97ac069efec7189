from django.urls import URLPattern, path

from twodesks.people.views import entrance, me, members

urlpatterns: list[URLPattern] = [
    path("set-up/", entrance.set_up, name="set-up"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/link/", entrance.ask_for_link, name="ask-for-sign-in-link"),
    path("sign-in/link/<str:token>/", entrance.use_link, name="sign-in-link"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("join/<str:token>/", entrance.join, name="join"),
    path("me/", me.me, name="me"),
    path("me/profile/", me.save_profile, name="save-profile"),
    path("me/availability/", me.save_availability, name="save-availability"),
    path("me/photo/", me.save_photo, name="save-photo"),
    path("me/password/", me.save_password, name="save-password"),
    path("me/sign-out-everywhere/", me.leave_everywhere, name="sign-out-everywhere"),
    path("people/<int:member_id>/photo/<str:name>", me.photo, name="photo"),
    path("people/invite/", members.invite, name="invite"),
    path("people/invite/<int:invitation_id>/revoke/", members.revoke, name="revoke-invitation"),
    path("administration/", members.administration, name="administration"),
    path("administration/members/<int:member_id>/role/", members.set_role, name="set-role"),
    path("administration/members/<int:member_id>/active/", members.set_active, name="set-active"),
]
