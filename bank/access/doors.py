"""How programs show themselves to the REST door: an API key, or an OAuth access token."""

from abc import ABC, abstractmethod
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from bank.access import errors, rules, selectors, services
from bank.access.models import ApiKey, App
from bank.access.rules import KEY_MARK, TOKEN_MARK, Grant
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.runtime import context

SEEN = "program_seen"
"""Where the request keeps which app or key it came with, for the log."""


class _Door(BaseAuthentication, ABC):
    mark: str

    def authenticate(self, request: Request) -> tuple[User, Grant] | None:
        scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text.startswith(self.mark):
            return None
        caller = self.caller(request, text)
        context.identify(caller.user.pk, caller.through)
        return caller.user, caller.grant

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    @abstractmethod
    def caller(self, request: Request, text: str) -> selectors.Caller:
        """Who shows this text. Raises the door's refusals."""


class KeyAuthentication(_Door):
    """``Authorization: Bearer umk_…``: a key of ours, alive, from an address on its list."""

    mark = KEY_MARK

    def caller(self, request: Request, text: str) -> selectors.Caller:
        key = selectors.key_behind(text)
        if key is None:
            raise _refused(errors.KeyInvalid)
        _note_seen(request, key.user, key=key)
        if not (key.is_alive(clock.now()) and key.user.is_active):
            raise _refused(errors.KeyInvalid)
        address = context.current().ip
        if not rules.is_from(address, key.networks):
            raise errors.KeyAddressRefused(address=address)
        services.note_key_used(key)
        return selectors.caller_with_key(key)


class ConsentAuthentication(_Door):
    """``Authorization: Bearer umt_…``: a token an app got by a customer's consent, or for its owner."""

    mark = TOKEN_MARK

    def caller(self, request: Request, text: str) -> selectors.Caller:
        caller = selectors.caller_with_token(text)
        if caller is None:
            raise _refused(errors.GrantInvalid)
        _note_seen(request, caller.user, app=caller.app)
        if caller.consent is not None:
            services.note_consent_used(caller.consent)
        return caller


def _note_seen(request: Request, user: User, *, app: App | None = None, key: ApiKey | None = None) -> None:
    seen: dict[str, Any] = {"user": user, "app": app, "key": key}
    setattr(request._request, SEEN, seen)


def _refused(error: type[BankError]) -> AuthenticationFailed:
    return AuthenticationFailed(error.sentence, code=error.code.lower())
