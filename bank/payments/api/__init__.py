"""REST: payees' names, transfers, payment files, and what is kept to be paid again."""

from bank.payments.api import file_reports, files, payees, repeating, transfers

urlpatterns = [
    *payees.urlpatterns,
    *repeating.urlpatterns,
    *transfers.urlpatterns,
    *files.urlpatterns,
    *file_reports.urlpatterns,
]
