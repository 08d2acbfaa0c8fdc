"""Direct debits for programs."""

from bank.debits.api import debits, files

urlpatterns = [*files.urlpatterns, *debits.urlpatterns]
