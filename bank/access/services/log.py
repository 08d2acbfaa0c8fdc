"""The request log, and clearing away what is over."""

from oauth2_provider.models import clear_expired

from bank.access import rules
from bank.access.models import ApiKey, ApiRequest, App, SpentCode
from bank.identity.models import User
from bank.kernel import clock
from bank.runtime import context


def log_request(
    *, user: User, app: App | None, key: ApiKey | None, method: str, path: str, status: int, duration_ms: int
) -> None:
    """One line: no query, no body, no header."""
    ApiRequest.objects.create(
        user=user,
        app=app,
        key=key,
        method=method[:10],
        path=path[:200],
        status=status,
        duration_ms=duration_ms,
        correlation_id=context.current().correlation_id,
    )


def prune() -> int:
    """Deletes request lines after thirty days, codes spent and tokens that are over; how many lines."""
    now = clock.now()
    SpentCode.objects.filter(at__lt=now - rules.SPENT_CODES_KEPT).delete()
    clear_expired()
    old, _by_table = ApiRequest.objects.filter(at__lt=now - rules.LOG_KEPT).delete()
    return old
