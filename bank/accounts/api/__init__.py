"""REST of accounts: ``/api/v1/accounts``, ``/api/v1/pots`` and ``/api/v1/joint-acts``."""

from bank.accounts.api import accounts, parts, together

urlpatterns = [*accounts.urlpatterns, *parts.urlpatterns, *together.urlpatterns]
