"""What of signing itself waits: for a company, a change of who signs; for two of the staff, the repair of
rules nobody of the company can meet any more.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.runtime import formats
from bank.signing import kinds, rules, selectors
from bank.signing.errors import RuleStillMet, RuleUnusable
from bank.signing.rules import Step
from bank.signing.services import changing, ruling
from bank.workflows import kinds as staff
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

MAKER_RIGHT: Final = "signing.change_signingrule"
kinds.register(kinds.Kind(selectors.RULES, _("Signing rules"), changing.carry_out, changing.give_up))


@dataclass(frozen=True, slots=True)
class Repair:
    """A company's rules in one currency: above which amount, signed by whom (``A+B or B+B+B``)."""

    cif: str
    currency: str
    steps: list[list[str]]


def propose_repair(*, cif: str, currency: str, steps: list[list[str]], reason: str, maker: User) -> Command:
    """Proposes rules in place of those nobody can meet; they hold once somebody else has approved them."""
    payload = Repair(cif.strip(), currency.strip().upper(), steps)
    return workflows.propose(kind=REPAIR.name, payload=payload, reason=reason, maker=maker)


def read(lines: str) -> list[list[str]]:
    """``100000 A+B or B+B+B``, a line each. Raises ``RuleUnusable``."""
    found = [line.split(maxsplit=1) for line in lines.splitlines() if line.strip()]
    if any(len(one) != 2 for one in found):
        raise RuleUnusable(problem="Write each line as amount and who signs, such as 100000 A+B.")
    return found


def _customer(asked: Repair) -> Customer:
    return cif.by_cif(asked.cif)


def _steps(asked: Repair) -> list[Step]:
    return [Step(_amount(one[0]), ways=rules.read_ways(one[1])) for one in asked.steps]


def _amount(text: str) -> Decimal:
    plain = text.replace(",", "")
    if not plain.isascii() or not plain.replace(".", "", 1).isdecimal() or len(plain) > 19:
        raise RuleUnusable(problem=f"{text[:40]} is no amount.")
    return Decimal(plain)


def _check(asked: Repair) -> None:
    """Raises ``RuleStillMet`` where the company can help itself, ``RuleUnusable`` for rules as bad."""
    customer, steps = _customer(asked), _steps(asked)
    rules.check_steps(steps)
    if not selectors.unreachable(customer, asked.currency):
        raise RuleStillMet(currency=asked.currency)
    letters = [letter for _user, letter in selectors.people(customer)]
    if not steps or not all(rules.reachable(one.terms, letters) for one in steps):
        raise RuleUnusable(problem="Those who may pay for the company could not meet these rules either.")


def _difference(asked: Repair) -> list[Change]:
    customer = _customer(asked)
    before = [row for row in selectors.rules_of(customer) if row.currency == asked.currency]
    return [
        Change(
            gettext("%(company)s, %(currency)s")
            % {"company": customer.display_name, "currency": asked.currency},
            "; ".join(_said(row.step) for row in before),
            "; ".join(_said(one) for one in _steps(asked)),
        )
    ]


def _said(step: Step) -> str:
    return f"{formats.number(step.above)}: {rules.write_ways(step.terms.ways)}"


def _apply(asked: Repair, deed: Deed) -> None:
    customer = _customer(asked)
    ruling.set_rules(customer=customer, currency=asked.currency, steps=_steps(asked), actor=deed.checker)
    audit.record(
        "SIGNING_RULES_REPAIRED", actor=deed.checker, subject_type="customer", subject_id=customer.cif,
        detail={"command": deed.reference, "proposed_by": deed.maker.pk, "why": deed.reason},
    )  # fmt: skip


REPAIR = staff.command(
    "signing.repair",
    _("Repair of a company's signing rules"),
    Repair,
    maker_right=MAKER_RIGHT,
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(days=2),
    about=("CUSTOMER", "cif"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
