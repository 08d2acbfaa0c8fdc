"""REST of deposits: ``/api/v1/deposits``."""

from bank.deposits.api import deposits, moves

urlpatterns = [*deposits.urlpatterns, *moves.urlpatterns]
