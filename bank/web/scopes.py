"""What a key or an app may reach: a view says which scope each method needs, and asks for its account.

A view that names no scope is closed to programs with a grant: new ones open by decision, not by
oversight. People's own tokens carry no grant and are bound by their mandates alone.
"""

from typing import Any, Protocol

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from bank.access import errors
from bank.access.rules import Grant, Scope
from bank.accounts import selectors as accounts
from bank.identity.models import User
from bank.kernel.errors import NotFound

__all__ = ["Scope", "ScopeAllows", "accounts_of", "grant_of", "require_account", "require_file"]


class Filed(Protocol):
    """A payment file, as far as grants look at it."""

    customer_id: int | None


class ScopeAllows(BasePermission):
    """The grant's scopes against the view's ``scopes``, by method; ``None`` there asks for no scope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        grant = grant_of(request)
        if grant is None:
            return True
        method = "GET" if request.method == "HEAD" else request.method
        opened: dict[str | None, Scope | None] = getattr(view, "scopes", {})
        if method not in opened:
            raise errors.NotForPrograms
        needed = opened[method]
        if needed is not None and needed not in grant.scopes:
            raise errors.ScopeMissing(scope=needed.value)
        return True


def grant_of(request: Request) -> Grant | None:
    return request.auth if isinstance(request.auth, Grant) else None


def accounts_of(request: Request) -> frozenset[str] | None:
    """The numbers the grant names; ``None`` where all the user may see are meant."""
    grant = grant_of(request)
    return None if grant is None else grant.accounts


def require_account(request: Request, number: str, *, what: str = "account") -> None:
    """Raises ``NotFound`` where the grant does not name the account, just as if it were another's."""
    named = accounts_of(request)
    if named is not None and number not in named and not _is_named(request, number, named):
        raise NotFound(what=what)


def require_file(request: Request, file: Filed) -> None:
    """Raises ``NotFound`` for a file of another customer; one without one is its sender's."""
    grant = grant_of(request)
    if grant is not None and grant.accounts is not None and file.customer_id not in {None, grant.customer_id}:
        raise NotFound(what="payment file")


def _is_named(request: Request, number: Any, named: frozenset[str]) -> bool:
    """As people write numbers, with blanks."""
    assert isinstance(request.user, User)
    return accounts.account_for(request.user, str(number)).number in named
