"""Notices of people: written once for an event and reader, chosen by channel, read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from bank.audit import services as audit
from bank.cif.models import Mandate
from bank.identity.models import User
from bank.kernel import clock
from bank.notifications import rules, selectors
from bank.notifications.models import Notice, NoticeChoices, NoticeSending
from bank.notifications.rules import Channel, NoticeKind
from bank.runtime import sms

Readers = Mapping[User, int | None]
"""Whom to tell, and for which customer they act in it (its id)."""


def readers(mandates: Sequence[Mandate]) -> dict[User, int | None]:
    """Each user once, by the first mandate."""
    found: dict[User, int | None] = {}
    for mandate in mandates:
        found.setdefault(mandate.user, mandate.customer_id)
    return found


@transaction.atomic
def tell(*, readers: Readers, kind: NoticeKind, event_id: UUID, told: dict[str, Any]) -> int:
    """Notes it for each reader and has it sent by the channels they chose; returns how many were told.

    Asked again for the same event, nothing more: a row for event and reader keeps it at once.
    """
    return tell_each(tellings=[Telling(readers, event_id, told)], kind=kind)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one event tells its readers."""

    readers: Readers
    event_id: UUID
    told: dict[str, Any]


@transaction.atomic
def tell_each(*, tellings: Sequence[Telling], kind: NoticeKind) -> int:
    """As ``tell``, for many events of one kind with a handful of queries; returns how many notices there are.

    Asked again for the same events, nothing more.
    """
    users = {user.pk: user for one in tellings for user in one.readers}
    known = selectors.choices_of(list(users.values()))
    wanted = {pk: rules.channels(kind, known.get(pk, {})) for pk in users}
    rows = [
        Notice(
            user=user, customer_id=customer_id, event_id=one.event_id, kind=kind.value, told=one.told,
            is_shown=Channel.PORTAL in wanted[user.pk],
        )
        for one in tellings
        for user, customer_id in one.readers.items()
        if wanted[user.pk]
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    _send([one.event_id for one in tellings], kind, wanted)
    if rows:
        _recount(sorted({row.user_id for row in rows}))
    return len(rows)


@transaction.atomic
def choose(*, user: User, chosen: Mapping[NoticeKind, Sequence[Channel]], is_daily: bool = False) -> None:
    """By which channels the user wants each kind, and whether mails come as one a day; what always comes in
    a way comes so all the same, and what is urgent at once.
    """
    kept = {kind.value: sorted(one.value for one in channels) for kind, channels in chosen.items()}
    fresh = {"channels": kept, "is_daily": is_daily, "changed_at": clock.now()}
    NoticeChoices.objects.update_or_create(user=user, defaults=fresh)
    told = {**kept, "daily": is_daily}
    audit.record("NOTICES_CHOSEN", actor=user, subject_type="USER", subject_id=str(user.pk), detail=told)


def read_all(*, user: User, up_to: int) -> int:
    """Marks what the user was shown as read, no newer than notice ``up_to``; returns how many."""
    unread = Notice.objects.filter(user=user, is_shown=True, read_at__isnull=True, pk__lte=up_to)
    count = unread.update(read_at=clock.now())
    _recount([user.pk])
    return count


def _send(events: Sequence[UUID], kind: NoticeKind, wanted: Mapping[int, frozenset[Channel]]) -> None:
    outward = {pk: chosen - {Channel.PORTAL} for pk, chosen in wanted.items() if chosen - {Channel.PORTAL}}
    if not outward:
        return
    now = clock.now()
    morning = rules.digest_due(timezone.localtime(now))
    daily = set() if kind in rules.URGENT else selectors.daily_readers(outward)
    notices = Notice.objects.filter(event_id__in=events, kind=kind.value, user_id__in=outward)
    sendings = [
        NoticeSending(
            notice=notice,
            channel=channel.value,
            due_at=morning if channel == Channel.EMAIL and notice.user_id in daily else now,
        )
        for notice in notices
        for channel in sorted(outward[notice.user_id])
        if channel != Channel.SMS or sms.is_offered()
    ]
    NoticeSending.objects.bulk_create(sendings, ignore_conflicts=True)


def _recount(users: Sequence[int]) -> None:
    """Has the counts of who looks at the portal now told anew, once this database transaction is done."""

    def recount() -> None:
        known = cache.get_many([selectors.unread_key(pk) for pk in users])
        for user in User.objects.filter(pk__in=users):
            if selectors.unread_key(user.pk) in known:
                selectors.count_unread(user)

    transaction.on_commit(recount, robust=True)
