"""Payments kept under a name, and groups of payees paid in one act: a file, confirmed with one code.

Keeping and letting go need no code, since nothing is paid by it; only whoever may pay for the company may.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payments import batch, errors, rules, selectors
from bank.payments.models import Beneficiary, GroupMember, PayeeGroup, PaymentFile, PaymentTemplate
from bank.payments.services import outside
from bank.payments.services.file_intake import Wishes, submit_payment_file
from bank.payments.services.outside import Elsewhere
from bank.runtime.errors import IdempotencyConflict

MOST_MEMBERS: Final = 500
_NAME_LETTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Member:
    """A payee, by number in the customer's list, with what they get and read."""

    payee_id: int
    amount: Money
    remittance: str = ""


def keep_template(
    *,
    user: User,
    cif_number: str,
    name: str,
    debtor_number: str,
    creditor_name: str,
    creditor_number: str,
    amount: Money,
    remittance: str = "",
    to: Elsewhere | None = None,
) -> PaymentTemplate:
    """Keeps a payment under a name. Raises ``NotFound``, ``NotAllowed``, ``NameTaken``, ``AgentUnknown``,
    ``CreditorNumberUnusable``, ``CurrenciesDiffer``, ``AmountNotPositive``."""
    customer = _customer(user, cif_number)
    debtor = accounts.account_for(user, debtor_number)
    if debtor.customer_id != customer.pk:
        raise NotFound(what="account")
    if not amount.is_positive:
        raise errors.AmountNotPositive
    if debtor.currency != amount.currency:
        raise errors.CurrenciesDiffer(
            currency=amount.currency, number=debtor.number, account_currency=debtor.currency
        )
    place = outside.read(to) if to is not None and to.agent else None
    try:
        with transaction.atomic():
            kept = PaymentTemplate.objects.create(
                customer=customer,
                name=_name(name),
                debtor_account=debtor,
                creditor_name=rules.clean_text("Name", creditor_name),
                creditor_number=outside.read_number(creditor_number),
                creditor_agent=place.agent if place else "",
                creditor_country=place.country if place else "",
                amount=amount.amount,
                currency=amount.currency,
                remittance=rules.clean_text("Remittance", remittance),
                made_by=user,
            )
            _record("PAYMENT_TEMPLATE_KEPT", user, customer, kept.name)
    except IntegrityError:
        raise errors.NameTaken from None
    return kept


@transaction.atomic
def remove_template(*, user: User, cif_number: str, template_id: int) -> None:
    """Lets go of a template. Raises ``NotFound``, ``NotAllowed``."""
    customer = _customer(user, cif_number)
    kept = PaymentTemplate.objects.select_for_update().filter(
        pk=template_id, customer=customer, removed_at=None
    )
    _let_go(kept.first(), "template", "PAYMENT_TEMPLATE_REMOVED", user, customer)


def keep_group(*, user: User, cif_number: str, name: str, members: Sequence[Member]) -> PayeeGroup:
    """Keeps payees as a group, all paid in one currency. Raises ``NotFound`` (a payee that is not the
    customer's), ``NotAllowed``, ``GroupUnusable``, ``NameTaken``, ``AmountNotPositive``."""
    customer = _customer(user, cif_number)
    currencies = {one.amount.currency for one in members}
    if not members or len(members) > MOST_MEMBERS:
        raise errors.GroupUnusable(problem=f"A group has between 1 and {MOST_MEMBERS} payees.")
    if len(currencies) != 1:
        raise errors.GroupUnusable(problem="All payees of a group are paid in one currency.")
    if any(not one.amount.is_positive for one in members):
        raise errors.AmountNotPositive
    payees = Beneficiary.objects.filter(customer=customer, removed_at=None).in_bulk(
        {one.payee_id for one in members}
    )
    if len(payees) != len(members):
        raise NotFound(what="payee")
    try:
        with transaction.atomic():
            group = PayeeGroup.objects.create(
                customer=customer, name=_name(name), currency=currencies.pop(), made_by=user
            )
            GroupMember.objects.bulk_create(
                GroupMember(
                    group=group, payee=payees[one.payee_id], amount=one.amount.amount,
                    remittance=rules.clean_text("Remittance", one.remittance),
                )
                for one in members
            )  # fmt: skip
            _record("PAYEE_GROUP_KEPT", user, customer, group.name)
    except IntegrityError:
        raise errors.NameTaken from None
    return group


@transaction.atomic
def remove_group(*, user: User, cif_number: str, group_id: int) -> None:
    """Lets go of a group; its payees stay. Raises ``NotFound``, ``NotAllowed``."""
    customer = _customer(user, cif_number)
    kept = PayeeGroup.objects.select_for_update().filter(pk=group_id, customer=customer, removed_at=None)
    _let_go(kept.first(), "group", "PAYEE_GROUP_REMOVED", user, customer)


def pay_group(*, user: User, cif_number: str, group_id: int, debtor_number: str, key: str) -> PaymentFile:
    """Makes a payment file of a group, checked like any; confirming it pays all of it with one code, and says
    of each payee what became of it. Payees removed since are left out.

    Raises ``NotFound``, ``NotAllowed``, ``GroupUnusable``, ``CurrenciesDiffer``, ``IdempotencyConflict``
    for a ``key`` of another group or account, and as sending a file does.
    """
    customer = _customer(user, cif_number)
    known = PaymentFile.objects.filter(uploaded_by=user, idempotency_key=key, customer=customer).first()
    if known is not None:
        _require_same(known, group_id, debtor_number)
        return known
    group = PayeeGroup.objects.filter(pk=group_id, customer=customer, removed_at=None).first()
    if group is None:
        raise NotFound(what="group")
    debtor = accounts.account_for(user, debtor_number)
    if debtor.customer_id != customer.pk:
        raise NotFound(what="account")
    if debtor.currency != group.currency:
        raise errors.CurrenciesDiffer(
            currency=group.currency, number=debtor.number, account_currency=debtor.currency
        )
    payees = [_payee(one, group.currency) for one in selectors.members(group)]
    if not payees:
        raise errors.GroupUnusable(problem="None of its payees is left. Put others together.")
    content = batch.credit_transfers(
        message_id=ids.reference("GRP"),
        payer=batch.Payer(customer.display_name, debtor.number, settings.BANK_BIC),
        day=ledger.business_date(),
        created_at=clock.now().isoformat(timespec="seconds"),
        payees=payees,
    )
    return submit_payment_file(user=user, content=content, key=key, wishes=Wishes(name=group.name))


def _require_same(file: PaymentFile, group_id: int, debtor_number: str) -> None:
    """Raises ``IdempotencyConflict`` where the key made a file of another group, or from another account."""
    line = file.lines.order_by("line").first()
    if line is None:
        return
    asked = f"GROUP-{group_id}-", "".join(debtor_number.split())
    if not line.end_to_end_id.startswith(asked[0]) or line.debtor_number != asked[1]:
        raise IdempotencyConflict


def _payee(member: GroupMember, currency: str) -> batch.Payee:
    payee = member.payee
    return batch.Payee(
        end_to_end_id=f"GROUP-{member.group_id}-{member.pk}",
        name=payee.name,
        number=payee.number,
        agent=payee.agent,
        money=Money(member.amount, currency),
        remittance=member.remittance or member.group.name,
    )


def _customer(user: User, cif_number: str) -> Customer:
    customer = cif.customer_for(user, cif_number)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="keep payments for this customer")
    return customer


def _name(text: str) -> str:
    name = rules.clean_text("Name", text)
    if not name or len(name) > _NAME_LETTERS:
        raise errors.GroupUnusable(problem=f"Give it a name of up to {_NAME_LETTERS} letters.")
    return name


def _let_go(
    kept: PaymentTemplate | PayeeGroup | None, what: str, action: str, user: User, customer: Customer
) -> None:
    if kept is None:
        raise NotFound(what=what)
    kept.removed_at = clock.now()
    kept.save(update_fields=["removed_at"])
    _record(action, user, customer, kept.name)


def _record(action: str, user: User, customer: Customer, name: str) -> None:
    audit.record(action, actor=user, subject_type="customer", subject_id=customer.cif, detail={"name": name})
