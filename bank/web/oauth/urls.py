"""/oauth/: of the toolkit's addresses these four, and no other."""

from django.urls import path

from bank.web.oauth.consent import Authorize
from bank.web.oauth.endpoints import Introspect, Revoke, Token

app_name = "oauth"
urlpatterns = [
    path("authorize/", Authorize.as_view(), name="authorize"),
    path("token/", Token.as_view(), name="token"),
    path("revoke/", Revoke.as_view(), name="revoke"),
    path("introspect/", Introspect.as_view(), name="introspect"),
]
