"""REST: what waits for a company's signatures, and who gives them."""

from bank.signing.api import approvals, rules

urlpatterns = [*approvals.urlpatterns, *rules.urlpatterns]
