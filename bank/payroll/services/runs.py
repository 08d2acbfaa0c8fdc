"""A run from draft to paid. What pays is a payment file made of it, once; signed as any file is."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payments import services as paying
from bank.payments.batch import Payee, Payer, credit_transfers
from bank.payments.models import PaymentFile
from bank.payments.rules import FileStatus, LineStatus
from bank.payroll import rules, selectors
from bank.payroll.errors import EmployeeUnusable, MonthRun, NetBelowZero, NobodyToPay, RunNotDraft
from bank.payroll.models import FIGURES, Employee, Run, RunLine
from bank.payroll.rules import RunState, Wage
from bank.runtime import outbox

PAID: Final = "payroll.paid"
_OVER: Final = (FileStatus.REJECTED, FileStatus.CANCELLED)


@transaction.atomic
def prepare(*, user: User, customer: Customer, month: date) -> Run:
    """Works out a month's wages as a draft; run again, the draft is worked out anew. Moves nothing.

    Raises ``WagesConfidential``, ``MonthRun`` once the month was sent to be paid, ``RatesMissing``,
    ``NobodyToPay``, ``NetBelowZero``.
    """
    selectors.require_payroll(user, customer)
    month = month.replace(day=1)
    run = _draft_of(customer, month, user)
    people = selectors.employed_in(customer, month)
    if not people:
        raise NobodyToPay(month=f"{month:%Y-%m}")
    rates = selectors.rates_of(month)
    run.lines.all().delete()
    wages = [(one, rules.wage(one.salary_money, selectors.items_in(one, month), rates)) for one in people]
    RunLine.objects.bulk_create(_line(run, one, wage) for one, wage in wages)
    run.people, run.made_by, run.made_at = len(wages), user, clock.now()
    run.gross = sum((wage.gross.amount for _one, wage in wages), Decimal(0))
    run.net = sum((wage.net.amount for _one, wage in wages), Decimal(0))
    run.cost = sum((wage.cost.amount for _one, wage in wages), Decimal(0))
    run.save()
    _record("PAYROLL_PREPARED", run, user)
    return run


@transaction.atomic
def send_to_pay(*, user: User, run: Run, account_number: str) -> PaymentFile:
    """Makes the run's payment file, marked as wages; it pays once it is confirmed with a code and signed as
    the company's rule asks. From then on the run stays as it is. Called again it returns the same file.

    Raises ``WagesConfidential``, ``NotAllowed``, ``NotFound``, ``EmployeeUnusable``, ``RunNotDraft``.
    """
    selectors.require_payroll(user, run.customer)
    if not cif.may_pay(user, run.customer):
        raise NotAllowed(what="pay for this company")
    locked = Run.objects.select_for_update(of=("self",)).select_related("customer").get(pk=run.pk)
    account = accounts.account_for(user, account_number)
    if account.customer_id != locked.customer_id or account.currency != rules.CURRENCY:
        raise EmployeeUnusable(problem="Wages are paid from an account of the company in shillings.")
    if locked.state == RunState.CANCELLED:
        raise RunNotDraft(month=str(locked))
    if locked.state != RunState.DRAFT:
        return PaymentFile.objects.get(reference=locked.file_reference)
    file = _file(locked, account, user)
    locked.state, locked.file_reference = RunState.SENT.value, file.reference
    locked.account_number, locked.sent_by, locked.sent_at = account.number, user, clock.now()
    locked.save()
    _record("PAYROLL_SENT", locked, user, file=file.reference)
    return file


@transaction.atomic
def cancel(*, user: User, run: Run) -> None:
    """Gives up a draft, or a run whose file was given up or refused before it was paid. The month may then
    be run again. Raises ``WagesConfidential``, ``RunNotDraft``.
    """
    selectors.require_payroll(user, run.customer)
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.state == RunState.SENT:
        file = PaymentFile.objects.select_for_update().get(reference=locked.file_reference)
        if file.status not in _OVER:
            raise RunNotDraft(month=str(locked))
    elif locked.state != RunState.DRAFT:
        raise RunNotDraft(month=str(locked))
    locked.state = RunState.CANCELLED.value
    locked.save(update_fields=["state"])
    _record("PAYROLL_CANCELLED", locked, user)


def note_outcome(file: PaymentFile) -> bool:
    """The run of a paid file is paid, line by line as the file says; whether there was one. Once; a wage the
    bank held is paid when its line is."""
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(file_reference=file.reference).first()
        is_over = run is not None and run.state in (RunState.SENT, RunState.PAID)
        if run is None or not is_over or file.status != FileStatus.PAID:
            return False
        settled = file.lines.filter(status=LineStatus.SETTLED.value).values_list("end_to_end_id", flat=True)
        run.lines.filter(pk__in=list(settled)).update(is_paid=True)
        if run.state == RunState.PAID:
            return False
        run.state = RunState.PAID.value
        run.save(update_fields=["state"])
        _record("PAYROLL_PAID", run, None, file=file.reference)
        outbox.emit(PAID, {"run_id": str(run.pk)})
        return True


def _draft_of(customer: Customer, month: date, user: User) -> Run:
    """The month's draft under its lock, a new one where there is none. Raises ``MonthRun``."""
    live = Run.objects.select_for_update().filter(customer=customer, month=month)
    run = live.exclude(state=RunState.CANCELLED.value).first()
    if run is None:
        try:
            with transaction.atomic():
                return Run.objects.create(customer=customer, month=month, made_by=user)
        except IntegrityError:
            run = live.exclude(state=RunState.CANCELLED.value).get()
    if run.state != RunState.DRAFT:
        raise MonthRun(month=str(run))
    return run


def _line(run: Run, one: Employee, wage: Wage) -> RunLine:
    if wage.net.is_negative:
        raise NetBelowZero(name=one.name)
    figures = {name: getattr(wage, name).amount for name in FIGURES}
    return RunLine(
        run=run, employee=one, name=one.name, staff_number=one.staff_number, tax_number=one.tax_number,
        account_number=one.account_number, steps=wage.steps, **figures,
    )  # fmt: skip


def _file(run: Run, account: Account, user: User) -> PaymentFile:
    """One file a run: its key is the run's own, its message id says the month to who reads the statement."""
    others = Run.objects.filter(customer=run.customer, month=run.month).exclude(pk=run.pk).count()
    content = credit_transfers(
        message_id=f"PAYROLL-{run.month:%Y-%m}" + (f"-{others + 1}" if others else ""),
        payer=Payer(run.customer.display_name, account.number, settings.BANK_BIC),
        day=ledger.business_date(),
        created_at=clock.local_now().strftime("%Y-%m-%dT%H:%M:%S"),
        payees=[_payee(one) for one in _payable(run)],
        purpose="SALA",
    )
    return paying.submit_payment_file(user=user, content=content, key=f"payroll-{run.pk.hex}")


def _payable(run: Run) -> list[RunLine]:
    return [one for one in run.lines.all() if one.money("net").is_positive]


def _payee(line: RunLine) -> Payee:
    words = f"Salary {line.run.month:%Y-%m}"
    return Payee(
        line.pk.hex, line.name, line.account_number, settings.BANK_BIC, _cents(line.money("net")), words
    )


def _cents(money: Money) -> Money:
    """As written in files: two decimals, whatever the column has."""
    return Money.from_minor(money.minor, money.currency)


def _record(action: str, run: Run, user: User | None, **detail: str) -> None:
    audit.record(
        action, actor=user, subject_type="payroll", subject_id=str(run.pk),
        detail={"month": str(run), "people": run.people, **detail},
    )  # fmt: skip
