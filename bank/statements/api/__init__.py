"""REST: statements, certificates and subscriptions."""

from bank.statements.api import statements, subscriptions

urlpatterns = [*statements.urlpatterns, *subscriptions.urlpatterns]

__all__ = ["urlpatterns"]
