"""Ends what an app holds of a user: codes, access tokens and refresh tokens."""

from django.db.models import Q
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from bank.access.models import App
from bank.identity.models import User
from bank.kernel import clock


def end_tokens(app: App, user: User | None = None) -> None:
    """From the next request on nothing the app holds counts; of one user, or with none named, of all."""
    whose = Q(application=app) if user is None else Q(application=app, user=user)
    Grant.objects.filter(whose).delete()
    RefreshToken.objects.filter(whose, revoked__isnull=True).update(revoked=clock.now())
    AccessToken.objects.filter(whose).delete()
