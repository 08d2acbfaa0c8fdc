"""Work on one mandate from several connections at once: never taken and stopped, never given back twice."""

from bank.debits import eod, services
from bank.debits.models import Claim, Collection
from bank.debits.rules import CreditorStatus
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


def test_a_claim_is_paid_once_and_a_stopped_company_takes_nothing(open_bank: Bank) -> None:
    """Two decisions and a claim at once; then a suspension beside the taking of the day."""
    bank = open_bank
    mandate = confirmed(bank, limit=kes("3000.00"))
    taken = collect(bank, mandate)
    close_until(eod.STEPS, DUE)
    Collection.objects.update(collected_date="2025-04-01")
    who = {"user": bank.alice.user, "reference": taken.reference}

    def claim(_n: int) -> str:
        return services.claim(**who, why="I never signed this").status

    assert sorted(together(claim)) == ["CLAIM_MADE"] * 7 + ["COLLECTED"]
    made = Claim.objects.get()

    def decide(n: int) -> str:
        given = {"accepted": n % 2 == 0, "answer": "Looked into", "actor": bank.bob.user}
        return services.decide(reference=made.reference, **given).status

    decided = together(decide)
    assert sorted(decided)[1:] == ["WRONG_CLAIM_STATUS"] * 7
    back = kes("3000.00") if "ACCEPTED" in decided else kes("0.00")
    assert bank.alice.booked == kes("47000.00") + back

    other = confirmed(bank, reference="WATER-2", limit=kes("1000.00"), first=DUE)
    pending = [collect(bank, other, "1000.00", own=f"s{n}", due=DUE.replace(day=16)) for n in range(4)]
    Collection.objects.filter(pk__in=[one.pk for one in pending]).update(run_date=DUE)
    before = bank.alice.booked

    def take_or_stop(n: int) -> str:
        if n % 2:
            services.run_due(on=DUE, limit=2)
            return "RUN"
        given = {"status": CreditorStatus.SUSPENDED, "reason": "Many returns", "actor": bank.bob.user}
        return services.stop(number=bank.firm.customer.cif, **given).status

    assert set(together(take_or_stop)) <= {"RUN", "SUSPENDED", "WRONG_CREDITOR_STATUS"}
    states = [Collection.objects.get(pk=one.pk) for one in pending]
    assert {(one.status, one.reason) for one in states} <= {("COLLECTED", ""), ("FAILED", "AG01")}
    count = sum(one.status == "COLLECTED" for one in states)
    assert bank.alice.booked == before - kes("1000.00") * count
