"""The public site, and the door that sends everyone to their own."""

from django.urls import path
from django.views.i18n import set_language

from portals.public.views import doors, home, join_begin, join_invitation, join_tasks

app_name = "public"
urlpatterns = [
    path("", home.home, name="home"),
    path("fees/", home.fees, name="fees"),
    path("home/", doors.own_door, name="own-door"),
    path("open-account/", join_begin.join, name="join"),
    path("open-account/begin/", join_begin.begin, name="join-begin"),
    path("open-account/register/<slug:kind>/", join_begin.register, name="join-register"),
    path("open-account/verify/<uuid:registration_id>/", join_begin.verify, name="join-verify"),
    path("open-account/verify/<uuid:registration_id>/password/", join_begin.password, name="join-password"),
    path("open-account/invitation/<str:token>/", join_invitation.invitation, name="join-invitation"),
    path("open-account/review/<int:review_id>/", join_tasks.review, name="join-review"),
    path("open-account/<uuid:application_id>/", join_tasks.tasks, name="join-tasks"),
    path("open-account/<uuid:application_id>/task/<slug:task>/", join_tasks.task, name="join-task"),
    path("open-account/<uuid:application_id>/people/", join_tasks.people, name="join-people"),
    path("open-account/<uuid:application_id>/people/add/", join_tasks.party, name="join-party-add"),
    path("open-account/<uuid:application_id>/people/<int:party_id>/", join_tasks.party, name="join-party"),
    path(
        "open-account/<uuid:application_id>/people/<int:party_id>/remove/",
        join_tasks.remove_party,
        name="join-party-remove",
    ),
    path("open-account/<uuid:application_id>/documents/", join_tasks.papers, name="join-documents"),
    path(
        "open-account/<uuid:application_id>/documents/<uuid:document_id>/",
        join_tasks.paper,
        name="join-document",
    ),
    path(
        "open-account/<uuid:application_id>/documents/<uuid:document_id>/remove/",
        join_tasks.remove_paper,
        name="join-document-remove",
    ),
    path("open-account/<uuid:application_id>/check/", join_tasks.check, name="join-check"),
    path("open-account/<uuid:application_id>/withdraw/", join_tasks.withdraw, name="join-withdraw"),
    path("language/", set_language, name="language"),
]
