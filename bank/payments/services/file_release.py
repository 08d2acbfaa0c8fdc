"""Releasing a file's lines: all of them on their way in one database transaction, each with an outcome.

Lines within the bank are booked in one ledger call. The references the lines were given on intake are the
ledger's keys, so no line can be booked twice whatever happens. A batch booked as one takes the whole
sum from the debtor in one entry and pays the lines out of money in transit; what a line was not paid
goes back in one entry.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from bank import ledger
from bank.accounts import rules as accounts
from bank.accounts import services as account_services
from bank.accounts.errors import BothMustSign
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments import errors, postings, rail, selectors
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rail import Instruction, Outcome
from bank.payments.rules import Door, FileStatus, LineStatus, PaymentStatus
from bank.payments.selectors import Permit
from bank.payments.services import charges, file_holding, limits
from bank.payments.services.file_routing import leaves_at
from bank.payments.services.line_store import INTERNAL
from bank.products import selectors as products
from bank.runtime import outbox

PAID_TOPIC = "payments.file_paid"
LINE_TOPIC = "payments.file_line_ended"
CONFIRMATION = ("status", "confirmed_by", "confirmed_at", "confirmation_key", "authority", "override_reason")

_RECORD = """
WITH outcome AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('payments_paymentorder', 'id')) AS order_id, o.*
    FROM unnest(
        %(lines)s::bigint[], %(statuses)s::text[], %(reasons)s::text[], %(sentences)s::text[]
    ) AS o (line_id, status, reason, sentence)
), made AS (
    INSERT INTO payments_paymentorder (
        id, reference, uetr, status, rail, debtor_account_id, debtor_name, debtor_agent, creditor_account_id,
        creditor_number, creditor_name, creditor_agent, name_check, amount, currency, fee, excise,
        charge_bearer, end_to_end_id, instruction_id, remittance, requested_date, initiated_by_id,
        initiated_at, channel, authority, creditor_country, ultimate_debtor, ultimate_creditor,
        purpose, release_at)
    SELECT o.order_id, l.reference, l.uetr, o.status, l.rail, l.debtor_account_id, %(debtor)s, %(agent)s,
        l.creditor_account_id,
        coalesce(a.number, upper(regexp_replace(l.creditor_number, '\\s', '', 'g'))), l.creditor_name,
        CASE WHEN l.rail = 'INTERNAL' THEN %(agent)s ELSE l.creditor_agent END, l.name_check, l.amount,
        l.currency, l.fee, l.excise, l.charge_bearer, l.end_to_end_id, l.instruction_id, l.remittance,
        %(today)s, %(user)s, %(now)s, %(channel)s, %(authority)s, l.creditor_country,
        l.ultimate_debtor, l.ultimate_creditor, l.purpose,
        CASE WHEN o.status = 'ACCEPTED' THEN (%(leaves)s::jsonb ->> l.rail)::timestamptz END
    FROM outcome o JOIN payments_paymentfileline l ON l.id = o.line_id
    LEFT JOIN accounts_account a ON a.id = l.creditor_account_id
), told AS (
    INSERT INTO payments_paymentevent (order_id, status, at, actor_id, reason, sentence)
    SELECT o.order_id, step.status, %(now)s, %(user)s, step.reason, step.sentence
    FROM outcome o CROSS JOIN LATERAL (
        VALUES (1, 'ACCEPTED', '', ''), (2, o.status, o.reason, o.sentence)
    ) AS step (n, status, reason, sentence)
    WHERE step.n = 1 AND o.status <> 'AWAITING_APPROVAL' OR step.n = 2 AND o.status <> 'ACCEPTED'
    ORDER BY o.order_id, step.n
)
UPDATE payments_paymentfileline l
SET order_id = o.order_id, status = CASE o.status WHEN 'ACCEPTED' THEN 'SENT'
        WHEN 'AWAITING_APPROVAL' THEN 'HELD' ELSE o.status END,
    faults = CASE WHEN o.reason = '' THEN l.faults ELSE l.faults || jsonb_build_array(jsonb_build_object(
        'code', o.reason, 'sentence', o.sentence, 'field', '', 'value', '',
        'is_warning', o.status = 'AWAITING_APPROVAL', 'line', l.line)) END
FROM outcome o WHERE l.id = o.line_id
"""


@dataclass(frozen=True, slots=True)
class PayableLine:
    """A valid line with what paying it needs."""

    pk: int
    reference: str
    debtor_number: str
    debtor_customer_id: int
    debtor_account_id: int
    creditor_account: str | None
    creditor_number: str
    creditor_customer_id: int | None
    creditor_name: str
    amount: Decimal
    currency: str
    fee: Decimal
    excise: Decimal
    remittance: str
    rail: str
    creditor_agent: str
    creditor_country: str

    @property
    def number(self) -> str:
        """The creditor's: of the account here, else as it was sent."""
        return self.creditor_account or self.creditor_number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_own(self) -> bool:
        return self.debtor_customer_id == self.creditor_customer_id


_NOT_PAID = frozenset({PaymentStatus.REJECTED, PaymentStatus.AWAITING_APPROVAL})
_FIELDS = (
    *("pk", "reference", "debtor_account__number", "debtor_account__customer_id", "debtor_account_id"),
    *("creditor_account__number", "creditor_number", "creditor_account__customer_id", "creditor_name"),
    *("amount", "currency", "fee", "excise", "remittance", "rail", "creditor_agent"),
    "creditor_country",
)


def release(
    file: PaymentFile, customer: Customer, lines: list[PayableLine], permit: Permit | None, reason: str
) -> PaymentFile:
    """Pays the lines in the caller's database transaction and says of each what became of it.

    Raises the limits' refusals, and ``BothMustSign`` for an account whose holders by now pay only
    together: then nothing of the file is paid.
    """
    held = _refused_by_limit(customer, lines) | _refused_by_account(lines)
    outcomes = _within_limits(file, customer, lines, held, permit)
    _record(file, lines, outcomes)
    file_holding.keep(file, lines, outcomes)
    unpaid = [
        line.reference
        for line, outcome in zip(lines, outcomes, strict=True)
        if outcome.status == PaymentStatus.REJECTED
    ]
    account_services.give_all_free_back(unpaid)
    return _finish(file, outcomes, reason)


def pay_held(file: PaymentFile, customer: Customer, line: PayableLine, permit: Permit | None) -> Outcome:
    """Pays a line that was held, as it would have been with its file: of a confidential file in a debit that
    names nobody. Raises the limits' refusals and ``BothMustSign``."""
    refused = _refused_by_limit(customer, [line]) | _refused_by_account([line])
    if line.pk in refused:
        return refused[line.pk]
    ways = [] if line.is_own else _by_way([line])
    for way, amount in ways:
        limits.use_for_file(customer=customer, amount=amount, way=way, permit=permit)
    (outcome,) = _all(file, customer, [line], f":{line.reference}")
    for way, amount in ways:
        if outcome.status == PaymentStatus.REJECTED:
            limits.give_back(customer=customer, amount=amount, way=way, permit=permit)
    return outcome


def payable(file: PaymentFile, status: LineStatus = LineStatus.VALID) -> list[PayableLine]:
    """The valid lines of a file, in order; or those of another status."""
    lines = PaymentFileLine.objects.filter(file=file, status=status).order_by("line")
    return [PayableLine(*row) for row in lines.values_list(*_FIELDS)]


def sums(parts: Iterable[tuple[str, Decimal]]) -> list[Money]:
    sums: dict[str, Decimal] = {}
    for currency, amount in parts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def _by_way(lines: Iterable[PayableLine]) -> list[tuple[limits.Way, Money]]:
    """What goes by each rail in each currency: every rail has its own limits, all have the customer's."""
    found: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        place = line.currency, line.rail
        found[place] = found.get(place, Decimal(0)) + line.amount
    return [
        (limits.Way(code, Door.FILE), Money(amount, currency))
        for (currency, code), amount in sorted(found.items())
    ]


def _refused_by_limit(customer: Customer, lines: list[PayableLine]) -> dict[int, Outcome]:
    """Lines above what one payment may be by now: the limits may be lower than when the file was checked."""
    most = {
        (currency, way): selectors.single_maximum(customer, currency, way, Door.FILE)
        for currency, way in {(line.currency, line.rail) for line in lines}
    }
    refused: dict[int, Outcome] = {}
    for line in lines:
        limit = most[line.currency, line.rail]
        if limit is not None and line.amount > limit.amount and not line.is_own:
            refusal = errors.PaymentAboveMaximum(limit=limit, amount=line.money)
            refused[line.pk] = Outcome(PaymentStatus.REJECTED, refusal.code, refusal.message)
    return refused


def _refused_by_account(lines: list[PayableLine]) -> dict[int, Outcome]:
    """What the accounts that pay have come to allow since the file was checked, by line."""
    wanted = {line.debtor_account_id for line in lines}
    debtors = Account.objects.select_related("parent").in_bulk(wanted)
    for account in debtors.values():
        if selectors.needs_both(account):
            raise BothMustSign(number=account.number)
    refused: dict[int, Outcome] = {}
    for line in lines:
        account = debtors[line.debtor_account_id]
        if account.single_debit_limit is not None:
            try:
                accounts.check_debit(account.number, account.single_debit_limit, line.money)
            except BankError as refusal:
                refused[line.pk] = Outcome(PaymentStatus.REJECTED, refusal.code, refusal.message)
    return refused


def _within_limits(
    file: PaymentFile,
    customer: Customer,
    lines: list[PayableLine],
    held: dict[int, Outcome],
    permit: Permit | None,
) -> list[Outcome]:
    """Uses the day's limit for all, holds what is unusual, pays, and gives back what was not paid."""
    going = [line for line in lines if line.pk not in held]
    for way, amount in _by_way(line for line in going if not line.is_own):
        limits.use_for_file(customer=customer, amount=amount, way=way, permit=permit)
    held = held | file_holding.outcomes(file, customer, going, held)
    paid = [line for line in going if line.pk not in held]
    found = held | dict(zip((line.pk for line in paid), _all(file, customer, paid), strict=True))
    unpaid = [line for line in going if found[line.pk].status in _NOT_PAID and not line.is_own]
    for way, amount in _by_way(unpaid):
        limits.give_back(customer=customer, amount=amount, way=way, permit=permit)
    return [found[line.pk] for line in lines]


def _all(file: PaymentFile, customer: Customer, lines: list[PayableLine], turn: str = "") -> list[Outcome]:
    """Each rail's lines in one call. What leaves by a network is booked into transit and handed to the hub,
    which sends it when the rail is open. Of a confidential file everything is taken in one debit, wherever it
    goes: line by line on the statement it would be no secret. ``turn`` tells a debit of lines let go later
    from that of the file.
    """
    if file.is_confidential:
        return _batch(file, customer, lines, turn)
    groups: dict[str, list[PayableLine]] = {}
    for line in lines:
        groups.setdefault(line.rail, []).append(line)
    if len(groups) == 1 and not file.is_batch_booked:
        return _each(customer, lines, next(iter(groups)))
    found: dict[int, Outcome] = {}
    for code, group in groups.items():
        is_batch = file.is_batch_booked and code == INTERNAL
        made = _batch(file, customer, group, turn) if is_batch else _each(customer, group, code)
        found |= dict(zip((line.pk for line in group), made, strict=True))
    return [found[line.pk] for line in lines]


def _each(customer: Customer, lines: list[PayableLine], code: str) -> list[Outcome]:
    """One at a time, for the rail streams them to the ledger; what needs a query is asked before."""
    way = _rail(code)
    currencies = {line.currency for line in lines}
    earning = {one: _earning_accounts(customer, one, way.capabilities.fee_event) for one in currencies}
    transits = {one: "" if code == INTERNAL else ledger.gl("IN_TRANSIT", one) for one in currencies}
    instructions = (
        _instruction(customer, line, *earning[line.currency], transits[line.currency]) for line in lines
    )
    return [
        Outcome(PaymentStatus.ACCEPTED) if one.status == PaymentStatus.RELEASED else one
        for one in way.release(instructions, each=True)
    ]


def _rail(code: str) -> rail.Rail:
    try:
        return rail.every()[code]
    except KeyError:
        raise errors.NoRail(destination=code) from None


def _batch(file: PaymentFile, customer: Customer, lines: list[PayableLine], turn: str) -> list[Outcome]:
    """One debit for each account and currency; where it is refused, so is each of its lines."""
    groups: dict[tuple[str, str], list[PayableLine]] = {}
    for line in lines:
        groups.setdefault((line.debtor_number, line.currency), []).append(line)
    found: dict[int, Outcome] = {}
    for group in groups.values():
        outcomes = _batch_of_one(file, customer, group, turn)
        found |= dict(zip((line.pk for line in group), outcomes, strict=True))
    return [found[line.pk] for line in lines]


def _batch_of_one(
    file: PaymentFile, customer: Customer, lines: list[PayableLine], turn: str
) -> list[Outcome]:
    currency, debtor = lines[0].currency, lines[0].debtor_number
    key = f"{file.reference}:{debtor}:{currency}{turn}"
    earning = _earning(customer, lines, currency)
    transit = ledger.gl("IN_TRANSIT", currency)
    taken = postings.batch(
        key=key, reference=file.reference, debtor=debtor,
        transit=transit, amount=_amount(lines, currency), charges=_charged(lines, currency, earning),
        narrative=f"{len(lines)} payments, {file.name or file.message_id}",
    )  # fmt: skip
    (booked,) = ledger.post([taken], outcome="EACH")
    if booked.refusal is not None:
        refused = Outcome(PaymentStatus.REJECTED, booked.refusal.code, str(booked.refusal))
        return [refused] * len(lines)
    outcomes = _paid_out(customer, lines, transit)
    unpaid = [
        line
        for line, outcome in zip(lines, outcomes, strict=True)
        if outcome.status == PaymentStatus.REJECTED
    ]
    if unpaid:
        ledger.post(
            postings.batch_returned(
                key=key, reference=file.reference, debtor=debtor,
                transit=transit, amount=_amount(unpaid, currency),
                charges=_charged(unpaid, currency, earning),
                narrative=f"{len(unpaid)} payments not made, {file.name or file.message_id}",
            )
        )  # fmt: skip
    return outcomes


def _paid_out(customer: Customer, lines: list[PayableLine], transit: str) -> list[Outcome]:
    """Out of transit: payees here are credited; what goes to other banks is in transit already and waits for
    the hub."""
    here = [line for line in lines if line.rail == INTERNAL]
    instructions = (_instruction(customer, _out_of(transit, line), "", "", "") for line in here)
    made = _rail(INTERNAL).release(instructions, each=True) if here else []
    found = dict(zip((line.pk for line in here), made, strict=True))
    return [found.get(line.pk, Outcome(PaymentStatus.ACCEPTED)) for line in lines]


def _earning(customer: Customer, lines: list[PayableLine], currency: str) -> dict[str, tuple[str, str]]:
    """What earns the charges, by rail."""
    return {
        code: _earning_accounts(customer, currency, _rail(code).capabilities.fee_event)
        for code in sorted({line.rail for line in lines})
    }


def _amount(lines: list[PayableLine], currency: str) -> Money:
    return Money(sum((line.amount for line in lines), Decimal(0)), currency)


def _charged(
    lines: list[PayableLine], currency: str, earning: dict[str, tuple[str, str]]
) -> list[tuple[Money, str]]:
    """What the lines' fees and excise duty come to, by the account that earns them."""
    found: dict[str, Decimal] = {}
    for line in lines:
        for charge, account in zip((line.fee, line.excise), earning[line.rail], strict=True):
            found[account] = found.get(account, Decimal(0)) + charge
    return [(Money(sum_, currency), account) for account, sum_ in found.items() if sum_]


def _out_of(transit: str, line: PayableLine) -> PayableLine:
    return replace(line, debtor_number=transit, fee=Decimal(0), excise=Decimal(0))


def _earning_accounts(customer: Customer, currency: str, event: str) -> tuple[str, str]:
    """The ledger's accounts of fee income and excise duty for payments of a kind in a currency."""
    unit = Money.from_minor(1, currency)
    quote = products.quote_fee(event=event, amount=unit, on=selectors.today(), segment=customer.segment)
    if not quote.income_role:
        return "", ""
    return charges.account_for(quote.income_role, unit), charges.account_for(quote.excise_role, unit)


def _instruction(
    customer: Customer, line: PayableLine, fee_account: str, excise_account: str, transit: str
) -> Instruction:
    return Instruction(
        reference=line.reference,
        debtor_number=line.debtor_number,
        debtor_name=customer.display_name,
        creditor_number=line.number,
        creditor_name=line.creditor_name,
        creditor_agent=line.creditor_agent,
        transit_account=transit,
        amount=line.money,
        fee=Money(line.fee, line.currency),
        excise=Money(line.excise, line.currency),
        fee_account=fee_account,
        excise_account=excise_account,
        remittance=line.remittance,
    )


def _record(file: PaymentFile, lines: list[PayableLine], outcomes: list[Outcome]) -> None:
    """Orders, their events and the lines' outcomes, set-based."""
    parameters: dict[str, Any] = {
        "lines": [line.pk for line in lines],
        "statuses": [outcome.status.value for outcome in outcomes],
        "reasons": [outcome.reason for outcome in outcomes],
        "sentences": [outcome.sentence[:300] for outcome in outcomes],
        "leaves": json.dumps({code: leaves_at(code).isoformat() for code in {line.rail for line in lines}}),
        "debtor": file.customer.display_name if file.customer else "",
        "agent": settings.BANK_BIC,
        "today": selectors.today(),
        "user": file.confirmed_by_id,
        "now": clock.now(),
        "channel": Door.FILE,
        "authority": file.authority,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, parameters)
    PaymentFileLine.objects.filter(file=file, status=LineStatus.FAULTY).update(status=LineStatus.REJECTED)


def _finish(file: PaymentFile, outcomes: list[Outcome], reason: str) -> PaymentFile:
    file.status = FileStatus.PAID
    file.settled_count = sum(outcome.status == PaymentStatus.SETTLED for outcome in outcomes)
    under_way = (PaymentStatus.ACCEPTED, PaymentStatus.AWAITING_APPROVAL)
    file.sent_count = sum(outcome.status in under_way for outcome in outcomes)
    file.save(update_fields=[*CONFIRMATION, "settled_count", "sent_count"])
    detail = {
        "settled": file.settled_count,
        "sent": file.sent_count,
        "rejected": file.line_count - file.settled_count - file.sent_count - file.excluded_count,
        "authority": file.authority,
        "reason": reason,
        "override_reason": file.override_reason,
    }
    audit.record(
        "PAYMENT_FILE_PAID",
        actor=file.confirmed_by,
        subject_type="payment_file",
        subject_id=file.reference,
        detail=detail,
    )
    outbox.emit(PAID_TOPIC, {"reference": file.reference, "settled": file.settled_count})
    return file


_FOLLOW = """
WITH moved AS (
    UPDATE payments_paymentfileline l SET status = %(status)s,
        faults = CASE WHEN %(status)s = 'REJECTED' THEN l.faults || jsonb_build_array(jsonb_build_object(
            'code', e.reason, 'sentence', e.sentence, 'field', '', 'value', '', 'is_warning', false,
            'line', l.line)) ELSE l.faults END
    FROM payments_paymentorder o
    JOIN LATERAL (
        SELECT reason, sentence FROM payments_paymentevent WHERE order_id = o.id ORDER BY id DESC LIMIT 1
    ) e ON true
    WHERE l.order_id = o.id AND o.reference = %(reference)s AND l.status IN ('SENT', 'HELD')
    RETURNING l.file_id
)
UPDATE payments_paymentfile f SET sent_count = f.sent_count - 1,
    settled_count = f.settled_count + CASE WHEN %(status)s = 'SETTLED' THEN 1 ELSE 0 END
FROM moved WHERE f.id = moved.file_id RETURNING f.reference
"""


_BECOMES = {
    PaymentStatus.SETTLED.value: LineStatus.SETTLED,
    PaymentStatus.REJECTED.value: LineStatus.REJECTED,
    PaymentStatus.CANCELLED.value: LineStatus.REJECTED,
}
"""What an order came to, as its line's result: one taken back by the customer was not paid."""


def follow(reference: str, status: str) -> None:
    """What a network, or the bank that held it, did with a line's order becomes the line's result, and who
    has something paid by the file is told. Safe to repeat."""
    became = _BECOMES.get(status)
    if became is not None:
        with connection.cursor() as cursor:
            cursor.execute(_FOLLOW, {"reference": reference, "status": became.value})
            moved = cursor.fetchone()
        if moved is not None:
            outbox.emit(LINE_TOPIC, {"reference": moved[0]})
