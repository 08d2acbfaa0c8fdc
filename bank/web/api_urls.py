"""Everything below /api/v1/: each app brings its own part."""

from django.urls import URLPattern, URLResolver, path

from bank.accounts import api as accounts
from bank.debits import api as debits
from bank.deposits import api as deposits
from bank.expenses import api as expenses
from bank.identity import api as identity
from bank.notifications import api as webhooks
from bank.payments import api as payments
from bank.requests import api as requests
from bank.signing import api as signing
from bank.standing import api as standing
from bank.statements import api as statements
from bank.web.ping import Ping

urlpatterns: list[URLPattern | URLResolver] = [
    path("ping", Ping.as_view(), name="api-ping"),
    *identity.urlpatterns,
    *accounts.urlpatterns,
    *deposits.urlpatterns,
    *payments.urlpatterns,
    *expenses.urlpatterns,
    *requests.urlpatterns,
    *signing.urlpatterns,
    *standing.urlpatterns,
    *debits.urlpatterns,
    *statements.urlpatterns,
    *webhooks.urlpatterns,
]
