"""Who may act for whom, and up to how much."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from bank.cif import selectors
from bank.cif import services as cif
from bank.cif.errors import (
    CustomerNotActive,
    MandateExists,
    MandateForbidsPayments,
    MandateLimitExceeded,
    UnusableMandate,
)
from bank.cif.models import Customer, Mandate
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money

pytestmark = pytest.mark.django_db
KES_100 = Money.of("100.00", "KES")


def test_an_owner_sees_and_pays(user: User, customer: Customer) -> None:
    mandate = cif.grant_mandate(user=user, customer=customer, role="OWNER")
    assert selectors.customers_for(user) == [customer]
    assert selectors.customer_for(user, customer.cif) == customer
    assert selectors.may_view(user, customer)
    assert selectors.may_pay(user, customer)
    assert selectors.require_pay(user, customer, KES_100) == mandate


def test_without_a_mandate_a_customer_does_not_exist(user: User, customer: Customer) -> None:
    assert selectors.customers_for(user) == []
    assert not selectors.may_view(user, customer)
    assert not selectors.may_pay(user, customer)
    with pytest.raises(NotFound):
        selectors.customer_for(user, customer.cif)
    with pytest.raises(NotFound):
        selectors.require_pay(user, customer, KES_100)


def test_a_viewer_looks_and_does_not_pay(user: User, customer: Customer) -> None:
    cif.grant_mandate(user=user, customer=customer, role="VIEWER")
    assert selectors.may_view(user, customer)
    assert not selectors.may_pay(user, customer)
    with pytest.raises(MandateForbidsPayments):
        selectors.require_pay(user, customer, KES_100)


def test_a_limit_bounds_each_payment(user: User, customer: Customer) -> None:
    cif.grant_mandate(user=user, customer=customer, role="SIGNATORY", single_limit=KES_100)
    assert selectors.require_pay(user, customer, KES_100)
    with pytest.raises(MandateLimitExceeded):
        selectors.require_pay(user, customer, Money.of("100.01", "KES"))


def test_a_limit_in_one_currency_allows_nothing_in_another(user: User, customer: Customer) -> None:
    cif.grant_mandate(user=user, customer=customer, role="SIGNATORY", single_limit=KES_100)
    with pytest.raises(MandateLimitExceeded):
        selectors.require_pay(user, customer, Money.of("1.00", "USD"))


@pytest.mark.parametrize(
    ("begins", "ends", "holds"), [(0, 0, True), (1, 2, False), (-2, -1, False), (-1, None, True)]
)
def test_a_mandate_holds_between_its_dates(
    user: User, customer: Customer, begins: int, ends: int | None, holds: bool
) -> None:
    today = clock.today()
    cif.grant_mandate(
        user=user,
        customer=customer,
        role="OWNER",
        valid_from=today + timedelta(days=begins),
        valid_until=None if ends is None else today + timedelta(days=ends),
    )
    assert selectors.may_view(user, customer) is holds


def test_a_revoked_mandate_ends_at_once_and_can_be_granted_anew(user: User, customer: Customer) -> None:
    mandate = cif.grant_mandate(user=user, customer=customer, role="OWNER")
    with pytest.raises(MandateExists):
        cif.grant_mandate(user=user, customer=customer, role="VIEWER")
    revoked_at = cif.revoke_mandate(mandate=mandate).revoked_at
    assert not selectors.may_view(user, customer)
    assert cif.revoke_mandate(mandate=mandate).revoked_at == revoked_at
    cif.grant_mandate(user=user, customer=customer, role="VIEWER")
    assert Mandate.objects.count() == 2


def test_an_inactive_user_has_no_mandates(user: User, customer: Customer) -> None:
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not selectors.may_view(user, customer)


def test_a_blocked_customer_is_seen_and_does_not_pay(user: User, customer: Customer) -> None:
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    cif.block_customer(customer=customer, reason="Documents expired")
    assert selectors.may_view(user, customer)
    assert not selectors.may_pay(user, customer)
    with pytest.raises(CustomerNotActive):
        selectors.require_pay(user, customer, KES_100)


@pytest.mark.parametrize(
    "terms",
    [
        {"role": "EMPEROR"},
        {"role": "VIEWER", "can_pay": True},
        {"role": "OWNER", "single_limit": Money.of("0", "KES")},
        {"role": "OWNER", "valid_until": clock.today() - timedelta(days=1)},
    ],
    ids=["unknown role", "paying viewer", "limit of zero", "ends before it begins"],
)
def test_contradictory_terms_are_refused(user: User, customer: Customer, terms: dict[str, object]) -> None:
    with pytest.raises(UnusableMandate):
        cif.grant_mandate(user=user, customer=customer, **terms)
    assert not Mandate.objects.exists()


def test_the_database_refuses_a_paying_viewer(user: User, customer: Customer) -> None:
    with pytest.raises(IntegrityError):
        Mandate.objects.create(
            user=user, customer=customer, role="VIEWER", can_pay=True, valid_from=clock.today()
        )
