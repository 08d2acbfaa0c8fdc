"""What of direct debits can wait: mandates for a company's signatures; for two of the staff, which companies
may collect and whether a claim is paid.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cif import selectors as cif
from bank.debits import selectors, services
from bank.debits.errors import CreditorUnusable
from bank.debits.models import CREDITOR_STATUSES, Creditor
from bank.debits.rules import Admission, CreditorStatus
from bank.debits.services import DIRECT_DEBIT, mandating
from bank.debits.services.admitting import identifier_of
from bank.identity.models import User
from bank.kernel.money import Money
from bank.runtime import formats
from bank.signing import kinds
from bank.workflows import kinds as commands
from bank.workflows.errors import PayloadUnusable
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

kinds.register(kinds.Kind(DIRECT_DEBIT, _("Direct debit mandate"), mandating.begin_signed, mandating.give_up))

ADMIT: Final = "debits.admit_creditor"
STOP: Final = "debits.stop_creditor"
DECIDE: Final = "debits.decide_claim"
CREDITOR_RIGHT: Final = "debits.change_creditor"
CLAIM_RIGHT: Final = "debits.change_claim"
_WEEK: Final = timedelta(days=7)
_STOPS: Final = (CreditorStatus.SUSPENDED, CreditorStatus.WITHDRAWN, CreditorStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class StopCreditor:
    """The company with that customer number becomes SUSPENDED, WITHDRAWN or DECLINED."""

    cif: str
    status: str


@dataclass(frozen=True, slots=True)
class DecideClaim:
    """The claim with that reference is paid, or not; ``answer`` is what its maker reads."""

    reference: str
    accept: bool
    answer: str


def _check_admission(asked: Admission) -> None:
    services.check_admission(asked)


def _admission_difference(asked: Admission) -> list[Change]:
    """Every word of the admission, as it is and will be; the company's own words of its request."""
    company = cif.by_cif(asked.cif)
    found = selectors.creditor_of(company)
    before = _said(found) if found and found.identifier else {}
    after = {
        gettext("Creditor identifier"): identifier_of(asked),
        gettext("Kinds"): _kinds(core=asked.core, b2b=asked.b2b),
        gettext("Each time at most"): formats.money(Money.of(asked.each, asked.currency)),
        gettext("In a month at most"): formats.money(Money.of(asked.month, asked.currency)),
        gettext("Days of notice"): str(asked.notice_days),
        gettext("Behind its refunds"): asked.exposure,
    }
    changes = [Change(label, before.get(label, ""), said) for label, said in after.items()]
    status = str(found.get_status_display()) if found else gettext("Never asked")
    return [Change(company.display_name, status, gettext("Admitted")), *changes]


def _said(found: Creditor) -> dict[str, str]:
    return {
        gettext("Creditor identifier"): found.identifier or "",
        gettext("Kinds"): _kinds(core=found.core, b2b=found.b2b),
        gettext("Each time at most"): formats.money(found.each),
        gettext("In a month at most"): formats.money(found.month),
        gettext("Days of notice"): str(found.notice_days),
        gettext("Behind its refunds"): found.exposure,
    }


def _kinds(*, core: bool, b2b: bool) -> str:
    return ", ".join(name for name, admitted in (("CORE", core), ("B2B", b2b)) if admitted)


def _month(asked: Admission) -> Money:
    return Money.of(asked.month, asked.currency)


def _apply_admission(asked: Admission, deed: Deed) -> None:
    services.admit(asked=asked, reason=deed.reason, actor=deed.checker)


def _stop_status(asked: StopCreditor) -> CreditorStatus:
    if asked.status not in _STOPS:
        raise PayloadUnusable(problem="A company is suspended, withdrawn or declined.")
    return CreditorStatus(asked.status)


def _check_stop(asked: StopCreditor) -> None:
    services.check_stop(asked.cif, _stop_status(asked))


def _stop_difference(asked: StopCreditor) -> list[Change]:
    company = cif.by_cif(asked.cif)
    found = selectors.creditor_of(company)
    if found is None:
        raise CreditorUnusable(problem="This company never asked to collect.")
    after = str(dict(CREDITOR_STATUSES)[_stop_status(asked).value])
    waiting = selectors.pending_of(company).count()
    nothing = formats.number(0)
    return [
        Change(company.display_name, str(found.get_status_display()), after),
        Change(gettext("Announced and not taken yet"), formats.number(waiting), nothing),
    ]


def _apply_stop(asked: StopCreditor, deed: Deed) -> None:
    services.stop(number=asked.cif, status=_stop_status(asked), reason=deed.reason, actor=deed.checker)


def _check_decision(asked: DecideClaim) -> None:
    services.check_decision(asked.reference)
    if not asked.answer.strip() or len(asked.answer) > 300 or not asked.answer.isprintable():
        raise PayloadUnusable(problem="Answer in up to 300 letters; who claimed reads it.")


def _decision_difference(asked: DecideClaim) -> list[Change]:
    claim = selectors.claim(asked.reference)
    mandate = claim.collection.mandate
    back = formats.money(claim.collection.money) if asked.accept else gettext("Nothing")
    return [
        Change(gettext("Claim"), claim.why, gettext("Accepted") if asked.accept else gettext("Denied")),
        Change(gettext("Given back"), gettext("Nothing"), back),
        Change(gettext("From"), "", f"{mandate.creditor.display_name}, {mandate.creditor_reference}"),
        Change(gettext("To"), "", f"{mandate.debtor_name} {mandate.debtor_account.number}"),
        Change(gettext("Answer"), "", asked.answer),
    ]


def _claimed(asked: DecideClaim) -> Money:
    return selectors.claim(asked.reference).collection.money


def _no_party(asked: DecideClaim, checker: User) -> None:
    services.require_no_party(checker, selectors.claim(asked.reference))


def _apply_decision(asked: DecideClaim, deed: Deed) -> None:
    """Who proposed it may be no party either. Raises ``NotAllowed``."""
    services.require_no_party(deed.maker, selectors.claim(asked.reference))
    services.decide(reference=asked.reference, accepted=asked.accept, answer=asked.answer, actor=deed.checker)


commands.command(
    ADMIT,
    _("A company admitted to collect"),
    Admission,
    maker_right=CREDITOR_RIGHT,
    about=("CUSTOMER", "cif"),
    check=_check_admission,
    difference=_admission_difference,
    apply=_apply_admission,
    checker_role="BRANCH_MANAGER",
    lifetime=_WEEK,
    amount=_month,
)
commands.command(
    STOP,
    _("A company's collections stopped"),
    StopCreditor,
    maker_right=CREDITOR_RIGHT,
    about=("CUSTOMER", "cif"),
    check=_check_stop,
    difference=_stop_difference,
    apply=_apply_stop,
    checker_role="SUPERVISOR",
)
commands.command(
    DECIDE,
    _("Claim of a direct debit"),
    DecideClaim,
    maker_right=CLAIM_RIGHT,
    about=("DIRECT_DEBIT_CLAIM", "reference"),
    check=_check_decision,
    difference=_decision_difference,
    apply=_apply_decision,
    amount=_claimed,
    allows=_no_party,
)
