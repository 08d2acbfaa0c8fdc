"""Addresses of the catalogue of components and its sample screens."""

from django.urls import path

from bank.web.styleguide import views

urlpatterns = [
    path("", views.catalogue, name="styleguide"),
    path("<slug:screen>/", views.screen, name="styleguide-screen"),
]
