"""Work on one mandate from several connections at once: never taken and cancelled, never given back twice."""

from bank.debits import eod, services
from bank.debits.models import Collection
from tests.debits.conftest import DUE, collect, confirmed
from tests.payments.conftest import Bank, kes
from tests.payments.test_races import together
from tests.standing.conftest import close_until


def test_a_refund_is_paid_once_and_a_cancelled_mandate_takes_nothing(open_bank: Bank) -> None:
    bank = open_bank
    mandate = confirmed(bank)
    taken = collect(bank, mandate)
    close_until(eod.STEPS, DUE)

    def give_back(_n: int) -> str:
        one = services.refund(user=bank.alice.user, reference=taken.reference)
        return one.status

    assert sorted(together(give_back)) == ["REFUNDED"] + ["WRONG_COLLECTION_STATUS"] * 7
    assert (bank.alice.booked, bank.firm.booked) == (kes("50000.00"), kes("5000000.00"))

    Collection.objects.filter(pk=taken.pk).update(due_date="2026-01-05")
    pending = [collect(bank, mandate, "1000.00", own=f"r{n}", due=DUE.replace(day=16)) for n in range(6)]
    Collection.objects.filter(pk__in=[one.pk for one in pending]).update(run_date=DUE)

    def take_or_cancel(n: int) -> str:
        if n % 2:
            services.run_due(on=DUE, limit=2)
            return "RUN"
        return services.cancel(user=bank.alice.user, reference=mandate.reference).status

    found = together(take_or_cancel)
    assert set(found) <= {"RUN", "CANCELLED", "WRONG_MANDATE_STATUS"}
    states = list(
        Collection.objects.filter(pk__in=[one.pk for one in pending]).values_list("status", "reason")
    )
    assert set(states) <= {("COLLECTED", ""), ("FAILED", "MD01")}
    count = states.count(("COLLECTED", ""))
    assert bank.alice.booked == kes("50000.00") - kes("1000.00") * count
    assert bank.firm.booked == kes("5000000.00") + kes("1000.00") * count
