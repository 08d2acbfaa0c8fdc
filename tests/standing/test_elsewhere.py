"""Standing orders to other banks: paid over holidays, tried again, paused when the money comes back."""

from dataclasses import replace
from datetime import date

import pytest

from bank.identity.errors import StepUpActChanged
from bank.payments.errors import AgentUnknown, CreditorNumberUnusable
from bank.payments.models import PaymentOrder
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import Elsewhere
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage
from bank.standing import eod, selectors, services
from bank.standing.errors import SweepToOthers
from bank.standing.rules import Frequency, HolidayRule, OrderStatus, Schedule
from tests.payments.conftest import Bank, code_of, fund, kes
from tests.payments.rails.conftest import positions, tend, tiny
from tests.payments.rails.tiny import TinyRail
from tests.standing.conftest import close_until
from tests.standing.test_orders import FRIDAY, history, set_up, terms

__all__ = ["tiny"]
CHARGES = kes("57.50")


def elsewhere(bank: Bank, **changes: object) -> services.Terms:
    asked = terms(bank, creditor_number="0150 123", creditor_name="Zainabu Mushi", to=Elsewhere("kilitztz"))
    return replace(asked, **changes)


def test_it_is_paid_elsewhere_and_pauses_when_the_money_comes_back(bank: Bank, tiny: TinyRail) -> None:
    order = set_up(bank.alice, elsewhere(bank))
    assert (order.creditor_agent, order.creditor_country, order.creditor_number) == (
        "KILITZTZ", "TZ", "0150123",
    )  # fmt: skip
    again = services.create_order(
        user=bank.alice.user, terms=elsewhere(bank), key="s1", challenge_id=None, code=""
    )
    assert again == order
    close_until(eod.STEPS, FRIDAY)
    tend()
    assert bank.alice.booked == kes("49000.00") - CHARGES
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "1000.00")
    assert history(order) == [("2026-03-06", "PAID", "")]
    tiny.sandbox.behave(Behaviour(What.REJECT, "AC04", times=1))
    close_until(eod.STEPS, date(2026, 3, 13))
    tend()
    outbox.deliver_due()
    assert history(order)[1:] == [("2026-03-13", "RETURNED", "AC04")]
    assert order.status == OrderStatus.PAUSED
    assert "did not keep the money" in selectors.events_of(order)[-1].sentence
    assert bank.alice.booked == kes("49000.00") - CHARGES
    told = OutboxMessage.objects.filter(topic="standing.ran").order_by("id").last()
    assert told.payload["status"] == "RETURNED"
    close_until(eod.STEPS, date(2026, 3, 20))
    assert PaymentOrder.objects.count() == 2
    services.resume(user=bank.alice.user, reference=order.reference)
    close_until(eod.STEPS, date(2026, 3, 27))
    tend()
    assert history(order)[2:] == [("2026-03-20", "SKIPPED", "PAUSED"), ("2026-03-27", "PAID", "")]
    paid = PaymentOrder.objects.latest("id")
    tiny.sandbox.send_back(paid.reference, "AC06")
    tend()
    outbox.deliver_due()
    assert history(order)[3] == ("2026-03-27", "RETURNED", "AC06")
    assert bank.alice.booked == kes("49000.00") - CHARGES - CHARGES


def test_a_holiday_moves_it_and_no_money_is_tried_again(bank: Bank, tiny: TinyRail) -> None:
    """Good Friday 2026 is 3 April; the bank opens again on Tuesday, 7 April."""
    good_friday = date(2026, 4, 3)
    once = Schedule(Frequency.ONCE, good_friday, holiday_rule=HolidayRule.FOLLOWING)
    asked = elsewhere(bank, amount=kes("30000.00"), schedule=once, retry_days=2)
    order = set_up(bank.bob, replace(asked, debtor_number=bank.bob.number), key="b1")
    close_until(eod.STEPS, date(2026, 4, 7))
    assert history(order) == [("2026-04-03", "RETRYING", "INSUFFICIENT_FUNDS")]
    fund(bank.bob.account, "31000.00")
    close_until(eod.STEPS, date(2026, 4, 8))
    tend()
    assert history(order) == [("2026-04-03", "PAID", "")]
    assert (order.status, bank.bob.booked) == (OrderStatus.ENDED, kes("1000.00") - CHARGES)


def test_what_is_refused_and_what_the_code_is_bound_to(bank: Bank, tiny: TinyRail) -> None:
    for wrong, refusal in (
        ({"to": Elsewhere("NOSUCHKE")}, AgentUnknown),
        ({"creditor_number": "<b>"}, CreditorNumberUnusable),
        ({"amount": None, "keep": kes("10.00")}, SweepToOthers),
    ):
        with pytest.raises(refusal):
            services.start_order(user=bank.alice.user, terms=elsewhere(bank, **wrong))
    challenge = services.start_order(user=bank.alice.user, terms=elsewhere(bank))
    with pytest.raises(StepUpActChanged):
        services.create_order(
            user=bank.alice.user, terms=elsewhere(bank, to=Elsewhere("KILITZTZ", preference="TINY")),
            key="other", challenge_id=challenge.id, code=code_of(challenge),
        )  # fmt: skip
