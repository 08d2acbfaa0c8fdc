"""Who of a company may see the lines of its confidential files. Its owners may, and say who else."""

from django.db import transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.payments.models.file_sources import PayrollReader


@transaction.atomic
def grant_payroll(*, user: User, customer: Customer, to: User) -> None:
    """Lets somebody who acts for the company see its payroll. Raises ``NotAllowed``, ``NotFound``."""
    _require_owner(user, customer)
    if not cif.mandates_for(to).filter(customer=customer).exists():
        raise NotFound(what="person")
    PayrollReader.objects.get_or_create(customer=customer, user=to, defaults={"granted_by": user})
    _record("PAYROLL_RIGHT_GRANTED", user, customer, to)


@transaction.atomic
def revoke_payroll(*, user: User, customer: Customer, to: User) -> None:
    """Takes the right away again. Raises ``NotAllowed``."""
    _require_owner(user, customer)
    PayrollReader.objects.filter(customer=customer, user=to).delete()
    _record("PAYROLL_RIGHT_REVOKED", user, customer, to)


def _require_owner(user: User, customer: Customer) -> None:
    if not cif.mandates_for(user).filter(customer=customer, role=MandateRole.OWNER.value).exists():
        raise NotAllowed(what="say who sees the payroll")


def _record(action: str, user: User, customer: Customer, to: User) -> None:
    audit.record(action, actor=user, subject_type="customer", subject_id=customer.cif, detail={"user": to.pk})
