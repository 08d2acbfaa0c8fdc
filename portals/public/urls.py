"""The public site, and the door that sends everyone to their own."""

from django.urls import path
from django.views.i18n import set_language

from portals.public.views import doors, home

app_name = "public"
urlpatterns = [
    path("", home.home, name="home"),
    path("fees/", home.fees, name="fees"),
    path("home/", doors.own_door, name="own-door"),
    path("language/", set_language, name="language"),
]
