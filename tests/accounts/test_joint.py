"""Accounts both holders sign for: what one asks waits for the other, and nothing moves before."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from bank import ledger
from bank.accounts import selectors, services
from bank.accounts.errors import (
    BothMustSign,
    JointDecided,
    JointExpired,
    NotYourAct,
    ReasonMissing,
    WordGiven,
)
from bank.accounts.events import move_accounts
from bank.accounts.models import Account, JointAct, JointWord
from bank.accounts.services import joint
from bank.cif import services as cif
from bank.cif.models import Customer, Mandate
from bank.identity import tokens
from bank.identity.errors import StepUpFailed
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError, NotFound
from bank.notifications.models import Notice
from bank.payments import selectors as payments
from bank.payments.models import DailyUse, PaymentOrder
from bank.runtime import outbox
from bank.standing import services as standing
from bank.standing.models import Run, StandingOrder
from bank.standing.rules import Frequency, Schedule
from tests.accounts.conftest import Opening, books_untouched, kes
from tests.accounts.test_sharing import pay_from
from tests.accounts.test_worked_examples import n, t_accounts
from tests.portals.town import newest_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(account: Account, other: Customer) -> Account:
    """Amina's and Brian's account; both sign."""
    services.add_holder(account=account, customer=other, signing="BOTH")
    return Account.objects.get(pk=account.pk)


def agree(who: User, asked: JointAct) -> JointAct:
    challenge = joint.start_agreeing(user=who, reference=asked.reference)
    code = newest_code(who)
    return joint.agree(user=who, reference=asked.reference, challenge_id=challenge.id, code=code)


def latest() -> JointAct:
    return JointAct.objects.latest("id")


def test_a_payment_waits_for_the_other_holder_and_is_then_paid_once(
    both: Account,
    user: User,
    spouse: User,
    shop: Account,
) -> None:
    with books_untouched():
        order = pay_from(spouse, both, shop, "100")
        assert order.status == "AWAITING_APPROVAL"
        assert not DailyUse.objects.exists()
        asked = latest()
        assert (asked.subject, asked.money, asked.needed) == (order.reference, kes("100"), 2)
        outbox.deliver_due(500)
        notice = Notice.objects.get(kind="APPROVAL_WAITS")
        assert (notice.user, notice.told["reference"]) == (user, asked.reference)
        assert payments.payment_for(spouse, order.reference) == order
        assert selectors.waiting_for(user) == [asked]
        assert selectors.waiting_for(spouse) == []
        for wrong in (spouse, shop_owner(shop)):
            with pytest.raises((WordGiven, NotFound)):
                joint.start_agreeing(user=wrong, reference=asked.reference)
        challenge = joint.start_agreeing(user=user, reference=asked.reference)
        with pytest.raises(StepUpFailed):
            joint.agree(user=user, reference=asked.reference, challenge_id=challenge.id, code="000000")
        with pytest.raises(NotYourAct):
            joint.withdraw(user=user, reference=asked.reference)
    fee = {"FEE_INCOME": "10", "EXCISE_DUTY": "1.50"}
    with t_accounts(**{n(both): "-111.50", n(shop): "100", **fee}):
        assert agree(user, asked).state == "AGREED"
    order.refresh_from_db()
    assert (order.status, order.initiated_by) == ("SETTLED", spouse)
    with books_untouched():
        for again in (user, spouse):
            with pytest.raises(JointDecided):
                joint.start_agreeing(user=again, reference=asked.reference)
    with pytest.raises(DatabaseError), transaction.atomic():
        JointWord.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        JointAct.objects.update(state="WAITING", decided_at=None)


def shop_owner(shop: Account) -> User:
    owner, _made = User.objects.get_or_create(email="faith@example.test", full_name="Faith Njeri")
    if not Mandate.objects.filter(user=owner).exists():
        cif.grant_mandate(user=owner, customer=shop.customer, role="OWNER")
    return owner


def test_who_may_act_for_both_holders_still_speaks_for_one(
    both: Account,
    user: User,
    spouse: User,
    shop: Account,
) -> None:
    """Brian holds a power of attorney for Amina: what he asks still needs somebody else's yes."""
    cif.grant_mandate(user=spouse, customer=both.customer, role="SIGNATORY")
    with books_untouched():
        pay_from(spouse, both, shop, "10")
        assert latest().words.get().holder != both.customer
        with pytest.raises(WordGiven):
            joint.start_agreeing(user=spouse, reference=latest().reference)
        with pytest.raises(DatabaseError), transaction.atomic():
            JointAct.objects.update(state="AGREED", decided_at=clock.now())
        with pytest.raises(DatabaseError), transaction.atomic():
            JointWord.objects.create(joint_act=latest(), holder=both.customer, user=spouse)
    assert agree(user, latest()).state == "AGREED"


def test_where_the_other_holder_has_no_sign_in_only_a_branch_helps(
    account: Account,
    user: User,
    shop: Account,
) -> None:
    quiet = cif.create_person(given_names="Otis", family_name="Maina", birth_date=date(1970, 1, 1))
    services.add_holder(account=account, customer=quiet, signing="BOTH")
    with books_untouched(), pytest.raises(BothMustSign):
        pay_from(user, account, shop, "10")
    assert not PaymentOrder.objects.exists()


def test_refused_withdrawn_expired_and_failed_books_nothing(
    both: Account,
    user: User,
    spouse: User,
    shop: Account,
    other: Customer,
) -> None:
    with books_untouched():
        said = []
        for key, end in enumerate((_refuse, _withdraw, _let_expire, _fail)):
            order = pay_from(user, both, shop, "10", str(key))
            end(latest(), user, spouse, both)
            order.refresh_from_db()
            said.append((latest().state, order.status))
    assert said == [
        ("REFUSED", "REJECTED"),
        ("WITHDRAWN", "CANCELLED"),
        ("EXPIRED", "EXPIRED"),
        ("FAILED", "REJECTED"),
    ]
    assert "frozen" in latest().why
    with time_machine.travel(clock.now() + timedelta(hours=80)):
        outbox.deliver_due(500)
    told = [one for one in mail.outbox if "decided" in one.subject]
    assert len(told) == 3
    assert "10.00" not in told[0].body


def _refuse(asked: JointAct, user: User, other: User, _account: Account) -> None:
    with pytest.raises(ReasonMissing):
        joint.refuse(user=other, reference=asked.reference, why="  ")
    with pytest.raises(WordGiven):
        joint.refuse(user=user, reference=asked.reference, why="Second thought")
    joint.refuse(user=other, reference=asked.reference, why="I know no such shop")


def _withdraw(asked: JointAct, user: User, _other: User, _account: Account) -> None:
    joint.withdraw(user=user, reference=asked.reference)


def _let_expire(asked: JointAct, _user: User, other: User, _account: Account) -> None:
    assert joint.expire_due() == 0
    with time_machine.travel(clock.now() + timedelta(hours=73)):
        with pytest.raises(JointExpired):
            joint.start_agreeing(user=other, reference=asked.reference)
        assert joint.expire_due() == 1


def _fail(asked: JointAct, _user: User, other: User, account: Account) -> None:
    services.freeze(account=account, scope="DEBIT", reason="Court order", authority="HC 12")
    assert agree(other, asked).state == "FAILED"


def test_a_third_holder_who_joins_meanwhile_must_agree_too_and_a_merged_one_takes_it_back(
    both: Account,
    user: User,
    spouse: User,
    shop: Account,
    other: Customer,
) -> None:
    third = cif.create_person(given_names="Tony", family_name="Otieno", birth_date=date(2000, 1, 1))
    son = User.objects.create_user("tony@example.test", full_name="Tony Otieno")
    cif.grant_mandate(user=son, customer=third, role="OWNER")
    with books_untouched():
        pay_from(user, both, shop, "10")
        services.add_holder(account=both, customer=third, signing="BOTH")
        assert agree(spouse, latest()).state == "WAITING"
        assert [one.cif for one in selectors.silent(latest())] == [third.cif]
        move_accounts(third, other)
    assert latest().state == "WITHDRAWN"
    assert PaymentOrder.objects.get().status == "CANCELLED"


def test_closing_waits_and_pays_the_rest_where_both_agreed(
    both: Account,
    user: User,
    spouse: User,
    other: Customer,
    opened: Opening,
) -> None:
    """The rest may go to either holder's own account, for both agreed to it."""
    to, left = opened(other, key="to"), selectors.position(both).booked
    asked: dict[str, Any] = {"number": both.number, "pay_to": to.number}
    with books_untouched():
        with pytest.raises(NotFound):
            services.start_closing(user=user, **asked)
        challenge = services.start_closing(user=spouse, **asked)
        done = services.close_own(user=spouse, challenge_id=challenge.id, code=newest_code(spouse), **asked)
        assert isinstance(done, JointAct)
    assert Account.objects.get(pk=both.pk).status == "ACTIVE"
    with t_accounts(**{n(both): f"-{left.amount}", n(to): str(left.amount)}):
        assert agree(user, done).state == "AGREED"
    assert Account.objects.get(pk=both.pk).status == "CLOSED"


def _weekly(today: date) -> Schedule:
    return Schedule(Frequency.WEEKLY, today + timedelta(days=1))


def test_a_standing_order_begins_when_both_agreed_and_then_asks_nobody_again(
    both: Account,
    user: User,
    spouse: User,
    shop: Account,
) -> None:
    today = ledger.business_date()
    terms = standing.Terms(
        both.number,
        shop.number,
        shop.customer.display_name,
        Schedule(Frequency.WEEKLY, today + timedelta(days=1)),
        kes("20"),
    )
    with books_untouched():
        challenge = standing.start_order(user=spouse, terms=terms)
        order = standing.create_order(
            user=spouse, terms=terms, key="s", challenge_id=challenge.id, code=newest_code(spouse)
        )
        assert order.status == "WAITING"
    agree(user, latest())
    order.refresh_from_db()
    assert order.status == "ACTIVE"
    with transaction.atomic():
        standing.run_due(StandingOrder.objects.select_for_update().get(), today + timedelta(days=6))
    assert Run.objects.get().status == "PAID"
    with pytest.raises(BankError, match="set up a new one"):
        standing.start_change(user=spouse, reference=order.reference, amount=kes("30"), remittance="")
    standing.end(user=spouse, reference=order.reference)


def test_an_order_one_holder_set_up_before_asks_both_once_both_must_sign(
    account: Account,
    user: User,
    spouse: User,
    shop: Account,
    other: Customer,
) -> None:
    today = ledger.business_date()
    terms = standing.Terms(
        account.number,
        shop.number,
        shop.customer.display_name,
        Schedule(Frequency.WEEKLY, today + timedelta(days=1)),
        kes("20"),
    )
    challenge = standing.start_order(user=user, terms=terms)
    standing.create_order(user=user, terms=terms, key="s", challenge_id=challenge.id, code=newest_code(user))
    services.add_holder(account=account, customer=other, signing="BOTH")
    with books_untouched(), transaction.atomic():
        standing.run_due(StandingOrder.objects.select_for_update().get(), today + timedelta(days=6))
    assert Run.objects.get().status == "WAITING"
    assert agree(spouse, latest()).state == "AGREED"
    assert PaymentOrder.objects.get().status == "SETTLED"


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(
    both: Account,
    user: User,
    spouse: User,
    shop: Account,
) -> None:
    """A yes and a withdrawal race: one of them holds, and the books follow it."""
    pay_from(user, both, shop, "10")
    asked = latest()
    challenge = joint.start_agreeing(user=spouse, reference=asked.reference)
    code, refusals = newest_code(spouse), []

    def yes() -> None:
        joint.agree(user=spouse, reference=asked.reference, challenge_id=challenge.id, code=code)

    def no() -> None:
        joint.withdraw(user=user, reference=asked.reference)

    def run(act: Any) -> None:
        try:
            act()
        except BankError as refusal:
            refusals.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in (yes, no)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refusals == ["JOINT_DECIDED"]
    wanted = {"AGREED": "SETTLED", "WITHDRAWN": "CANCELLED"}
    assert PaymentOrder.objects.get().status == wanted[latest().state]


def test_the_same_over_rest_for_people_alone(
    both: Account, user: User, spouse: User, shop: Account, account: Account
) -> None:
    """Listed, agreed to with a code, refused and taken back; whoever holds nothing finds nothing."""
    orders = [pay_from(spouse, both, shop, "100"), pay_from(spouse, both, shop, "20", key="k2")]
    orders.append(pay_from(spouse, both, shop, "30", key="k3"))
    first, second, third = JointAct.objects.order_by("id")
    mine, theirs, nobody = (program(who) for who in (user, spouse, shop_owner(shop)))
    page = mine.get("/api/v1/joint-acts?limit=2&state=WAITING").json()
    assert [one["subject"] for one in page["items"]] == [orders[2].reference, orders[1].reference]
    assert page["items"][0]["may_agree"] is True
    following = mine.get(f"/api/v1/joint-acts?limit=2&cursor={page['next_cursor']}").json()
    assert [one["reference"] for one in following["items"]] == [first.reference]
    assert nobody.get("/api/v1/joint-acts").json()["items"] == []

    one = f"/api/v1/joint-acts/{first.reference}"
    shown = theirs.get(one).json()
    assert (shown["amount"], shown["may_agree"], shown["silent"]) == (
        {"amount": "100.00", "currency": "KES"}, False, [both.customer.display_name],
    )  # fmt: skip
    assert nobody.get(one).status_code == 404
    with books_untouched():
        asked = mine.post(f"{one}/agree", {}, format="json", headers={"idempotency-key": "a1"})
        assert (asked.status_code, asked.json()["code"]) == (403, "STEP_UP_REQUIRED")
        given = {"challenge_id": asked.json()["challenge"]["id"], "code": "000000"}
        wrong = mine.post(
            f"{one}/agree", {"authorisation": given}, format="json", headers={"idempotency-key": "a2"}
        )
        assert wrong.json()["code"] == "STEP_UP_WRONG_CODE"
        for path, who in ((one, theirs), (one, nobody)):
            assert who.post(
                f"{path}/agree", {}, format="json", headers={"idempotency-key": "a3"}
            ).status_code in {404, 409}
    given["code"] = newest_code(user)
    for _twice in range(2):
        done = mine.post(
            f"{one}/agree", {"authorisation": given}, format="json", headers={"idempotency-key": "a4"}
        )
        assert (done.status_code, done.json()["state"]) == (200, "AGREED"), done.json()
    orders[0].refresh_from_db()
    assert orders[0].status == "SETTLED"
    with books_untouched():
        refused = mine.post(
            f"/api/v1/joint-acts/{second.reference}/refuse", {"why": "Too dear"}, format="json",
            headers={"idempotency-key": "r1"},
        )  # fmt: skip
        assert (refused.json()["state"], refused.json()["why"]) == ("REFUSED", "Too dear")
        back = f"/api/v1/joint-acts/{third.reference}/withdraw"
        assert mine.post(back, headers={"idempotency-key": "w1"}).json()["code"] == "NOT_YOUR_ACT"
        assert theirs.post(back, headers={"idempotency-key": "w2"}).json()["state"] == "WITHDRAWN"


def program(user: User) -> APIClient:
    """A person's own program, with their token."""
    return APIClient(headers={"Authorization": f"Bearer {tokens.issue(user=user).access}"})
