"""REST: what waits for a company's signatures, and who gives them."""

from bank.signing.api import approvals, ruling

urlpatterns = [*approvals.urlpatterns, *ruling.urlpatterns]
