"""REST of accounts: ``/api/v1/accounts`` and ``/api/v1/pots``."""

from bank.accounts.api import accounts, parts

urlpatterns = [*accounts.urlpatterns, *parts.urlpatterns]
