"""Addresses of the SME portal."""

from django.urls import URLPattern

app_name = "sme"
urlpatterns: list[URLPattern] = []
