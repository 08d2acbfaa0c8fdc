"""REST: payees' names, transfers, payment files. ``/api/v1/payees``, ``/transfers``, ``/payment-files``."""

from bank.payments.api import file_reports, files, payees, transfers

urlpatterns = [*payees.urlpatterns, *transfers.urlpatterns, *files.urlpatterns, *file_reports.urlpatterns]
