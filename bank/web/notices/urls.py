"""Addresses below /account/notices/."""

from django.urls import path

from bank.web.notices import pages

app_name = "notices"
urlpatterns = [
    path("", pages.notices, name="list"),
    path("read/", pages.read, name="read"),
    path("choices/", pages.choices, name="choices"),
]
