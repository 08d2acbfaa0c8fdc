"""Statements made by themselves: subscribing, pausing, resuming, ending, and asking for what is due."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import translation

from bank import ledger
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.audit import services as audit
from bank.deposits import selectors as deposits
from bank.deposits.models import Deposit
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.runtime import idempotency, outbox, outgoing
from bank.statements import errors, formats, rules, selectors
from bank.statements.models import Statement, StatementRun, Subscription
from bank.statements.rules import Channel, Delivery, Frequency, State
from bank.statements.services.making import REQUESTED

MOST = 12
"""Subscriptions of one account or deposit that have not ended."""
_NO_ACCESS = "Whoever subscribed may no longer see the account."
_DEPOSIT_OVER = "The deposit has ended."
_DEPOSIT_RENEWED = "The deposit was renewed; the statements of the new one follow."
_Choice = TypeVar("_Choice", Frequency, Channel)
_CLOSED = "The account was closed."


def subscribe(
    *, user: User, account: Account | Deposit, format: str, frequency: str, channel: str, target: str = ""
) -> Subscription:
    """Has statements of ``account`` made by the close of business from the open business date on.

    A webhook gets a secret of its own, which signs its calls. ``account`` must come from
    ``accounts.selectors.account_for`` or ``deposits.selectors.deposit_for``. Raises ``UnknownFormat``,
    ``UnknownSubscription``, ``AddressRefused``, ``AccountClosed``, ``TooManySubscriptions``,
    ``SubscribedAlready``.
    """
    code = formats.named(format).code
    how_often, where = _choice(Frequency, frequency, "frequency"), _choice(Channel, channel, "channel")
    target = target if where == Channel.WEBHOOK else ""
    if where == Channel.WEBHOOK:
        outgoing.check_url(target)
    about = _about(account)
    _check(account, about)
    try:
        with transaction.atomic():
            made = Subscription.objects.create(
                **about,
                format=code,
                frequency=how_often,
                channel=where,
                target=target,
                secret=secrets.token_urlsafe(32) if where == Channel.WEBHOOK else "",
                language=translation.get_language() or user.language,
                created_by=user,
                next_from=_first_day(how_often, ledger.business_date()),
            )
            _record("STATEMENTS_SUBSCRIBED", user, made)
            return made
    except IntegrityError:
        raise errors.SubscribedAlready from None


def subscribe_once(
    *, user: User, account: Account | Deposit, key: str, **wanted: str
) -> tuple[Subscription, bool]:
    """As ``subscribe``; the same ``key`` subscribes once, and tells whether it had before."""

    def run() -> dict[str, str]:
        return {"id": str(subscribe(user=user, account=account, **wanted).pk)}

    answer, replayed = idempotency.once(
        owner=f"user:{user.pk}", operation="statements.subscribe", key=key,
        content={"account": account.number, **wanted}, run=run,
    )  # fmt: skip
    return selectors.subscription_for(user, answer["id"]), replayed


def pause_subscription(*, user: User, subscription: Subscription) -> None:
    """Stops it for a while; resumed, it goes on where the last one ended. Raises ``SubscriptionOver``."""
    _become(user, subscription, State.PAUSED)


def resume_subscription(*, user: User, subscription: Subscription) -> None:
    """Goes on. Raises ``SubscriptionOver``."""
    _become(user, subscription, State.ACTIVE)


def end_subscription(*, user: User, subscription: Subscription) -> None:
    """Ends it for good; the statements made stay. Raises ``SubscriptionOver``."""
    _become(user, subscription, State.ENDED)


def due_subscriptions(frequencies: Sequence[Frequency], after: str, limit: int) -> list[Subscription]:
    """The next active ones, in the order of their ids, locked until the transaction ends."""
    active = Subscription.objects.filter(state=State.ACTIVE.value, frequency__in=frequencies)
    found = active.filter(pk__gt=after) if after else active
    chosen = found.select_for_update(of=("self",)).select_related("account", "deposit", "created_by")
    return list(chosen.order_by("pk")[:limit])


def request_due(*, subscription: Subscription, days: Sequence[date], run: StatementRun) -> int:
    """Asks for the statements that end on one of ``days``; tells how many. Each period is asked for once.

    A subscription whose maker may no longer see the account, or whose account is closed, ends instead. One
    of a deposit that has ended ends with the statement of its last days; of a renewed one it goes on with
    the new deposit.
    """
    if reason := _why_over(subscription):
        _end(subscription, reason)
        return 0
    if subscription.deposit and subscription.deposit.closed_date:
        return _finish(subscription, subscription.deposit, days, run)
    asked = 0
    for to_date in rules.period_ends(Frequency(subscription.frequency), days):
        if to_date >= subscription.next_from:
            _ask(subscription, to_date, run)
            asked += 1
    return asked


def _finish(subscription: Subscription, deposit: Deposit, days: Sequence[date], run: StatementRun) -> int:
    """The last days of a deposit that has ended; then the end, or the same for its renewal."""
    asked = 0
    assert deposit.closed_date is not None
    if deposit.closed_date >= subscription.next_from:
        _ask(subscription, deposit.closed_date, run)
        asked += 1
    renewal = deposits.renewal_of(deposit)
    _end(subscription, _DEPOSIT_RENEWED if renewal else _DEPOSIT_OVER)
    if renewal is None:
        return asked
    return asked + request_due(subscription=_follow(subscription, renewal), days=days, run=run)


def _follow(subscription: Subscription, renewal: Deposit) -> Subscription:
    """The same for the renewed deposit, from its first day on; one there is already stays the only one."""
    same = {
        name: getattr(subscription, name)
        for name in ("format", "frequency", "channel", "target", "secret", "language", "created_by")
    }
    begun = {"account": renewal.funding_account, "next_from": renewal.start_date}
    wanted = {name: same.pop(name) for name in ("format", "frequency", "channel", "target")}
    open_ones = Subscription.objects.exclude(state=State.ENDED.value)
    found, made = open_ones.get_or_create(deposit=renewal, **wanted, defaults=same | begun)
    if made:
        _record("STATEMENTS_SUBSCRIBED", subscription.created_by, found)
    return found


def _ask(subscription: Subscription, to_date: date, run: StatementRun) -> None:
    subscription.issued += 1
    with translation.override(subscription.language):
        born = selectors.birth_of(subscription.created_by, subscription.format, to_date)
    statement = Statement.objects.create(
        **born | {"number": subscription.issued},
        account=subscription.account,
        deposit=subscription.deposit,
        from_date=subscription.next_from,
        to_date=to_date,
        format=subscription.format,
        requested_by=subscription.created_by,
        subscription=subscription,
        run=run,
        delivery=Delivery.NONE if subscription.channel == Channel.PORTAL else Delivery.WAITING,
    )
    subscription.next_from = to_date + timedelta(days=1)
    subscription.save(update_fields=["issued", "next_from"])
    outbox.emit(REQUESTED, {"statement_id": str(statement.pk)})


def _why_over(subscription: Subscription) -> str:
    if not subscription.deposit and subscription.account.status == AccountStatus.CLOSED:
        return _CLOSED
    try:
        selectors.check_sees(subscription.created_by, subscription)
    except NotFound:
        return _NO_ACCESS
    return ""


def _end(subscription: Subscription, reason: str) -> None:
    subscription.state, subscription.end_reason = State.ENDED.value, reason
    subscription.save(update_fields=["state", "end_reason"])
    audit.record(
        "STATEMENTS_SUBSCRIPTION_ENDED",
        actor=None,
        subject_type="DEPOSIT" if subscription.deposit else "ACCOUNT",
        subject_id=subscription.kept.number,
        detail={"subscription": str(subscription.pk), "reason": reason},
    )


@transaction.atomic
def _become(user: User, subscription: Subscription, wanted: State) -> None:
    found = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if wanted not in rules.MAY_BECOME[State(found.state)]:
        raise errors.SubscriptionOver(state=found.state, wanted=wanted.value)
    found.state = subscription.state = wanted.value
    found.save(update_fields=["state"])
    _record(f"STATEMENTS_SUBSCRIPTION_{wanted}", user, subscription)


def _about(kept: Account | Deposit) -> dict[str, Any]:
    if isinstance(kept, Deposit):
        return {"account": kept.funding_account, "deposit": kept}
    return {"account": kept, "deposit": None}


def _check(kept: Account | Deposit, about: dict[str, Any]) -> None:
    if kept.is_over if isinstance(kept, Deposit) else kept.status == AccountStatus.CLOSED:
        raise errors.AccountClosed
    same = {"deposit": kept} if isinstance(kept, Deposit) else about
    if Subscription.objects.filter(**same).exclude(state=State.ENDED.value).count() >= MOST:
        raise errors.TooManySubscriptions(most=MOST)


def _first_day(frequency: Frequency, today: date) -> date:
    """A first statement covers its whole week or month."""
    if frequency == Frequency.WEEKLY:
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if frequency == Frequency.MONTHLY else today


def _choice(kind: type[_Choice], text: str, field: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise errors.UnknownSubscription(choice=repr(text)[:40], field=field) from None


def _record(action: str, user: User, subscription: Subscription) -> None:
    audit.record(
        action,
        actor=user,
        subject_type="DEPOSIT" if subscription.deposit else "ACCOUNT",
        subject_id=subscription.kept.number,
        detail={
            "subscription": str(subscription.pk),
            "format": subscription.format,
            "frequency": subscription.frequency,
            "channel": subscription.channel,
        },
    )
