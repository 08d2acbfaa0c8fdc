"""Opening a deposit from the customer's own account."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import AccountStatus
from bank.cif.errors import CustomerNotActive
from bank.cif.models import Customer
from bank.cif.rules import CustomerStatus
from bank.deposits import errors, postings, rules
from bank.deposits.models import Deposit, DepositRequest, ScheduleLine
from bank.deposits.rules import Instruction, LineKind, LineStatus
from bank.deposits.services import asking, books
from bank.deposits.services.quotes import Quote, quote
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import ids
from bank.kernel.errors import InvalidInput
from bank.kernel.money import Money
from bank.products import selectors as products
from bank.products.rules import GlPurpose, ProductKind
from bank.runtime import idempotency
from bank.signing import selectors as signatures
from bank.signing import services as signing

OPENED = "deposits.opened"
OPENING: Final = "OPEN_DEPOSIT"


@dataclass(frozen=True, slots=True)
class Order:
    """A deposit somebody wants. Without ``payout_number`` the account it is funded from is paid."""

    product_code: str
    account_number: str
    amount: Money
    months: int | None = None
    mode: str | None = None
    instruction: str = Instruction.NONE.value
    payout_number: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An order that could be carried out now."""

    order: Order
    quote: Quote
    funding: Account
    payout: Account

    @property
    def act(self) -> dict[str, Any]:
        """What a code confirms: amount, term, rate and maturity, so that none can change unseen."""
        return {
            "act": "OPEN_DEPOSIT",
            "product": self.order.product_code,
            "account": self.funding.number,
            "payout": self.payout.number,
            "amount": str(self.order.amount),
            "months": self.quote.tenor_months,
            "mode": self.quote.mode,
            "rate_pct": str(self.quote.rate_pct),
            "maturity": str(self.quote.maturity),
            "instruction": self.order.instruction,
        }

    @property
    def summary(self) -> str:
        until = f" until {self.quote.maturity:%d %B %Y}" if self.quote.maturity else ""
        return (
            f"Open {self.quote.product.name}: {self.order.amount} from account"
            f" {numbering.spaced(self.funding.number)} at {self.quote.rate_pct:.2f} % a year{until}{self._to}"
        )

    @property
    def _to(self) -> str:
        """Where its money goes, where that is not the account it comes from."""
        is_back = self.payout.pk == self.funding.pk
        return "" if is_back else f", paid out to account {numbering.spaced(self.payout.number)}"


def prepare(*, user: User, order: Order) -> Prepared:
    """The order with its quote, for an account the user may pay from; nothing is written.

    Raises what ``quote`` raises, ``NotFound``, ``CustomerNotActive``, ``MandateForbidsPayments``,
    ``MandateLimitExceeded``, ``BothMustSign`` where another holder has nobody who could say yes here,
    ``InstructionNotPossible``, ``PayoutNotPossible``, and
    the ledger's ``InsufficientFunds``.
    """
    funding = accounts.account_for(user, order.account_number)
    asking.require(user, funding, order.amount)
    made = _prepared(funding, order, ledger.business_date())
    available = accounts.position(funding).available
    if available < order.amount:
        raise ledger.errors.InsufficientFunds(
            account=funding.number, available=available, needed=order.amount
        )
    return made


def start_opening(*, user: User, order: Order) -> Challenge:
    """Asks for a code bound to this deposit and rate; ``open_deposit`` takes it. Raises as ``prepare``."""
    made = prepare(user=user, order=order)
    return stepup.start(user=user, act=made.act, summary=made.summary)


def open_deposit(
    *, user: User, order: Order, key: str, challenge_id: UUID | str | None, code: str
) -> tuple[Deposit | DepositRequest | JointAct, bool]:
    """Opens a deposit: debits the customer's account and credits the deposit's own, in one entry in the
    account's currency on the business date; tells besides whether ``key`` did so before. Where a company's
    rule asks for more signatures, or the account's holders sign together, what waits for them comes back,
    and nothing is booked.

    Raises what ``prepare`` raises, the step-up's refusals, ``TooFewSignatories``, ``SignatoriesMissing``,
    ``IdempotencyConflict`` and the ledger's (``AccountClosed``, ``AccountFrozen``, ``InsufficientFunds``); a
    refusal changes nothing.
    """

    def run() -> dict[str, str]:
        made = prepare(user=user, order=order)
        stepup.confirm(user=user, challenge_id=challenge_id, act=made.act, code=code)
        if accounts.needs_both(made.funding):
            asked = asking.ask(asking.OPENING, user, made.funding, made.act, made.summary, order.amount)
            return {"joint": asked.reference}
        if _signatures(made, user) > 1:
            return {"request": _ask_signatures(made, user).reference}
        return {"number": begin(made, user).number}

    return _once(f"user:{user.pk}", order, key, run)


def open_for(
    *, customer: Customer, order: Order, key: str, actor: User | None = None
) -> tuple[Deposit, bool]:
    """As ``open_deposit`` for the bank's own work, where the customer asked in person: no code."""

    def run() -> dict[str, str]:
        funding = accounts.find_by_number(order.account_number)
        if funding.customer_id != customer.pk:
            raise errors.PayoutNotPossible(currency=funding.currency)
        return {"number": begin(_prepared(funding, order, ledger.business_date()), actor).number}

    return _once(customer.cif, order, key, run)


def write_contract(
    made: Quote, *, funding: Account, payout: Account, instruction: str, actor: User | None
) -> Deposit:
    """The deposit's row, its ledger account at zero and its schedule; the caller posts."""
    deposit = Deposit.objects.create(
        number=numbering.account_number(rules.BRANCH, _next_serial()),
        customer=funding.customer,
        product=made.product,
        product_version=made.version,
        kind=made.product.kind,
        currency=made.amount.currency,
        amount=made.amount.amount,
        annual_rate_pct=made.rate_pct,
        day_count=made.day_count,
        mode=made.mode,
        tenor_months=made.tenor_months,
        start_date=made.start,
        maturity_date=made.maturity,
        instruction=instruction,
        funding_account=funding,
        payout_account=payout,
        accrued_until=made.start,
        opened_by=actor,
    )
    control = ledger.gl(products.gl_role(made.version, GlPurpose.CONTROL), deposit.currency)
    ledger.open_account(
        code=deposit.number, currency=deposit.currency, name=made.product.name, control=control
    )
    _write_schedule(deposit, made)
    return deposit


def _prepared(funding: Account, order: Order, today: date) -> Prepared:
    if order.amount.currency != funding.currency:
        raise errors.PayoutNotPossible(currency=order.amount.currency)
    if funding.customer.status != CustomerStatus.ACTIVE:
        raise CustomerNotActive(cif=funding.customer.cif, status=funding.customer.status.lower())
    made = quote(
        product_code=order.product_code,
        amount=order.amount,
        on=today,
        months=order.months,
        mode=order.mode,
        segment=funding.customer.segment,
    )
    _check_instruction(order.instruction, made)
    return Prepared(order, made, funding, payout_account(funding, order.payout_number))


def payout_account(funding: Account, number: str) -> Account:
    """The account of the same customer and currency with that number, ``funding`` without one.

    Raises ``PayoutNotPossible``.
    """
    if not number or number == funding.number:
        return funding
    same = {"customer": funding.customer_id, "currency": funding.currency}
    known = Account.objects.select_related("customer", "product").filter(number=number, **same).first()
    if known is None or known.status == AccountStatus.CLOSED:
        raise errors.PayoutNotPossible(currency=funding.currency)
    return known


def _check_instruction(instruction: str, made: Quote) -> None:
    if instruction not in set(Instruction):
        raise InvalidInput(problem="At maturity: NONE, PRINCIPAL or PRINCIPAL_AND_INTEREST.")
    if instruction != Instruction.NONE and made.product.kind != ProductKind.FIXED_DEPOSIT:
        raise errors.InstructionNotPossible(product=made.product.name)


def begin(made: Prepared, actor: User | None) -> Deposit:
    """Writes the contract and moves the money, in the caller's database transaction."""
    deposit = write_contract(
        made.quote, funding=made.funding, payout=made.payout, instruction=made.order.instruction, actor=actor
    )
    ledger.post(
        postings.funded(
            key=f"deposit:{deposit.number}:opening",
            source=made.funding.number,
            deposit=deposit.number,
            amount=deposit.money,
            narrative=made.quote.product.name,
        )
    )
    first = deposit.schedule.filter(kind=LineKind.INSTALMENT).order_by("number")[:1]
    ScheduleLine.objects.filter(pk__in=first.values("pk")).update(
        status=LineStatus.PAID, done_date=deposit.start_date
    )
    books.record("DEPOSIT_OPENED", deposit, actor, amount=deposit.money, account=made.funding.number)
    books.tell(OPENED, deposit)
    return deposit


def _signatures(made: Prepared, user: User) -> int:
    """How many of a company must sign for a deposit of this sum, its maker among them; a person alone."""
    sums, numbers = [made.order.amount], [made.funding.number]
    return signatures.needed(made.funding.customer, sums, maker=user, accounts=numbers)


def _ask_signatures(made: Prepared, user: User) -> DepositRequest:
    """Keeps the order for the company's others to sign; its maker confirmed it with a code."""
    request = DepositRequest.objects.create(
        reference=ids.reference("DRQ"),
        customer=made.funding.customer,
        summary=made.summary[:300],
        order={**asdict(made.order), "amount": [str(made.order.amount.amount), made.order.amount.currency]},
        rate_pct=made.quote.rate_pct,
        made_by=user,
    )
    approval = signing.ask(
        kind=OPENING, subject=request.reference, customer=request.customer, amounts=[made.order.amount],
        act=made.act, summary=made.summary, maker=user, accounts=[made.funding.number],
    )  # fmt: skip
    request.approval = approval.reference
    request.save(update_fields=["approval"])
    return request


def _write_schedule(deposit: Deposit, made: Quote) -> None:
    ScheduleLine.objects.bulk_create(
        ScheduleLine(
            deposit=deposit,
            number=number,
            kind=line.kind,
            due_date=line.day,
            amount=line.amount.amount,
            tax=line.tax.amount,
        )
        for number, line in enumerate(made.lines, 1)
    )


def _once(owner: str, order: Order, key: str, run: Any) -> tuple[Any, bool]:
    content = {**asdict(order), "amount": str(order.amount)}
    answer, replayed = idempotency.once(
        owner=owner, operation="deposits.open", key=key, content=content, run=run
    )
    if "joint" in answer:
        return accounts.joint_act(answer["joint"]), replayed
    if "request" in answer:
        return DepositRequest.objects.get(reference=answer["request"]), replayed
    found = Deposit.objects.select_related("customer", "product", "product_version__deposit_terms")
    return found.get(number=answer["number"]), replayed


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('deposits_deposit_serial')")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
