"""What the OAuth toolkit asks us: scopes of an app, and which code or token may still be exchanged.

Codes are kept as SHA-256 as the toolkit keeps tokens. Every exchange asks whether the consent is
in force, so that nothing outlives it.
"""

import hashlib
import secrets
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes

from bank.access import selectors, services
from bank.access.models import App, SpentCode
from bank.access.rules import TOKEN_MARK, Scope


class AppScopes(BaseScopes):
    """An app may ask for what it was registered with; nothing is given that was not asked for."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope.value: scope.value for scope in Scope}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *_: Any, **__: Any
    ) -> list[str]:
        more = [Scope.INTROSPECTION.value] if application.may_introspect else []
        return [*application.scopes, *more]

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *_: Any, **__: Any
    ) -> list[str]:
        """With no scope named, all the app was registered with: what a screen shows before it counts."""
        return list(application.scopes)


class Validator(OAuth2Validator):
    """The toolkit's checks, with hashed codes, an end to replays, and consents that must be in force."""

    def save_authorization_code(
        self, client_id: str, code: dict[str, Any], request: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().save_authorization_code(
            client_id, {**code, "code": digest(code["code"])}, request, *args, **kwargs
        )

    def validate_code(
        self, client_id: str, code: str, client: App, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        spent = selectors.spent_code(client, bytes.fromhex(digest(code)))
        if spent is not None:
            services.stop_replay(spent=spent)
            return False
        known = super().validate_code(client_id, digest(code), client, request, *args, **kwargs)
        return bool(known) and _may_go_on(request, client)

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: App, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(
            super().confirm_redirect_uri(client_id, digest(code), redirect_uri, client, *args, **kwargs)
        )

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        return super().get_code_challenge(digest(code), request)

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        return super().get_code_challenge_method(digest(code), request)

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        hashed = digest(code)
        super().invalidate_authorization_code(client_id, hashed, request, *args, **kwargs)
        SpentCode.objects.create(digest=bytes.fromhex(hashed), app=request.client, user=request.user)

    def validate_refresh_token(
        self, refresh_token: str, client: App, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        known = super().validate_refresh_token(refresh_token, client, request, *args, **kwargs)
        return bool(known) and _may_go_on(request, client)


def new_token(request: Any, refresh_token: bool = False) -> str:
    """256 random bits behind a mark that tells people, and searches for leaks, what it is."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _may_go_on(request: Any, app: App) -> bool:
    return request.user.is_active and selectors.consent_of(request.user, app) is not None
