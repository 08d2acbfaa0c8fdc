"""A payee's account in the United States tried without money, from the wish to the answer, by the sandbox."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.messages.ach import reading
from bank.payments import directory, errors, selectors
from bank.payments import services as payments
from bank.payments.models import (
    Beneficiary,
    GroupMember,
    NetworkEvent,
    NetworkMessage,
    PayeeTrial,
    PaymentFile,
    PaymentOrder,
)
from bank.payments.network import Acknowledged, Noted, Outgoing
from bank.payments.rails.ach import RAIL as ACH
from bank.payments.rails.ach import events
from bank.payments.rails.ach.sandbox import SANDBOX
from bank.payments.rules import EventOutcome, TrialState
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import Elsewhere, Operator, networks, trials
from bank.payments.services.networks import prenotes, sending, store
from bank.runtime import outbox
from tests.payments.conftest import Bank, code_of, fund
from tests.payments.rails.served import served

TO = Elsewhere("021000021", "US")
ALIVE, GONE, WRONG, MOVED = "123-456789", "990000003", "990000004", "990000101"


@pytest.fixture
def operator(bank: Bank, settings: LazySettings) -> Iterator[SANDBOX]:
    directory.seed()
    settings.NETWORKS_GATHER_S = 0
    operator = SANDBOX()
    with served(operator) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"ACH": f"{url}/ach"}, {"ACH": operator.key}
        yield operator


@pytest.fixture
def dollars(bank: Bank) -> Account:
    account = accounts.open_account(
        customer=bank.firm.customer, product_code="CORPORATE", key="usd", currency="USD"
    )
    fund(account, "1000.00", "USD")
    return account


def keep(bank: Bank, number: str, *, is_tried: bool = True, account_type: str = "", to: Elsewhere = TO
         ) -> Beneficiary:  # fmt: skip
    asked = {
        "user": bank.firm.user, "cif_number": bank.firm.customer.cif, "name": f"Acme {number}",
        "number": number, "to": to,
    }  # fmt: skip
    challenge = payments.start_beneficiary(**asked)  # type: ignore[arg-type]
    return payments.add_beneficiary(
        **asked, challenge_id=challenge.id, code=code_of(challenge), is_tried=is_tried,  # type: ignore[arg-type]
        account_type=account_type,
    )  # fmt: skip


def pay(bank: Bank, debtor: Account, number: str, key: str, to: Elsewhere = TO) -> PaymentOrder:
    return payments.pay(
        user=bank.firm.user, debtor_number=debtor.number, creditor_number=number, creditor_name="Acme",
        amount=Money.of("10.00", "USD"), key=key, authorisation=Operator("test"), to=to,
    )  # fmt: skip


def tend() -> None:
    """Also where today is no day of the network."""
    for _ in range(3):
        PaymentOrder.objects.filter(status="ACCEPTED").update(release_at=clock.now())
        networks.tend()


def state(payee: Beneficiary) -> str:
    return PayeeTrial.objects.get(payee=payee).state_on(clock.today()).value


def test_three_banking_days_of_the_united_states() -> None:
    """Thanksgiving is none of them; an entry of a Saturday counts from the Monday."""
    assert prenotes.earliest(ACH, date(2026, 11, 25)) == date(2026, 12, 1)
    assert prenotes.earliest(ACH, date(2026, 11, 28)) == date(2026, 12, 3)


def test_corrected_data_is_read_by_its_columns() -> None:
    """Nacha, appendix five; what cannot be right is not taken for right."""
    account = "1918171614".ljust(17)
    assert events.corrected("C01", account) == ("1918171614", "", "")
    assert events.corrected("C02", "071000013") == ("", "071000013", "")
    assert events.corrected("C02", "071000014") == ("", "", "")
    assert events.corrected("C03", f"071000013   {account}") == ("1918171614", "071000013", "")
    assert events.corrected("C05", "32") == ("", "", "SVGS")
    assert events.corrected("C06", f"{account}   22") == ("1918171614", "", "CACC")
    assert events.corrected("C07", f"071000013{account}32") == ("1918171614", "071000013", "SVGS")
    assert events.corrected("C04", "ACME HOLDINGS") == ("", "", "")


def test_accounts_are_tried_and_their_banks_answer(bank: Bank, operator: SANDBOX, dollars: Account) -> None:
    silent, gone, wrong = keep(bank, ALIVE, account_type="SVGS"), keep(bank, GONE), keep(bank, WRONG)
    before = bank.positions()
    for key, number in (("w1", ALIVE), ("w2", "123456789")):
        with pytest.raises(errors.PayeeBeingTried) as waits:
            pay(bank, dollars, number, key)
    assert waits.value.params["until"] == prenotes.earliest(ACH, clock.today())
    with pytest.raises(errors.PayeeBeingTried):
        payments.quote(
            user=bank.firm.user, debtor_number=dollars.number, creditor_number=ALIVE, creditor_name="Acme",
            amount=Money.of("10.00", "USD"), to=TO,
        )  # fmt: skip
    tend()
    (message,) = NetworkMessage.objects.filter(rail="ACH", direction="OUT")
    assert (message.purpose, message.status, len(message.references)) == ("PRENOTE", "SENT", 3)
    (sent,) = reading.read(bytes(message.content).decode()).file.batches
    assert (sent.entry_class, sorted(entry.code for entry in sent.entries)) == ("CCD", ["23", "23", "33"])
    assert {entry.amount for entry in sent.entries} == {0}
    assert [state(one) for one in (silent, gone, wrong)] == ["SENT", "REFUSED", "REFUSED"]
    with pytest.raises(errors.PayeeAccountRefused, match=r"R03 No Account/Unable to Locate Account"):
        pay(bank, dollars, GONE, "k1")
    assert bank.positions() == before
    assert NetworkEvent.objects.filter(outcome=EventOutcome.PARKED).count() == 0

    PayeeTrial.objects.filter(payee=silent).update(until=clock.today())
    assert state(silent) == "TRIED"
    assert pay(bank, dollars, ALIVE, "k2").rail == "ACH"
    tend()
    live = NetworkMessage.objects.get(purpose="PAYMENT", rail="ACH")
    assert [entry.code for batch in reading.read(bytes(live.content).decode()).file.batches
            for entry in batch.entries] == ["32"]  # fmt: skip
    payments.remove_beneficiary(user=bank.firm.user, beneficiary_id=gone.pk)
    assert trials.refusals(bank.firm.customer, [("021000021", GONE)]) == {}


def test_a_late_return_counts_and_a_double_is_one(bank: Bank, operator: SANDBOX, dollars: Account) -> None:
    payee = keep(bank, ALIVE)
    tend()
    PayeeTrial.objects.update(until=clock.today() - timedelta(days=9))
    assert state(payee) == "TRIED"
    before = bank.positions()
    told = Noted(payee.trial.reference, "R02", "Account Closed.", is_refusal=True)
    message = NetworkMessage.objects.get(rail="ACH", purpose="PRENOTE")
    store.keep_events(message, [told, told, Acknowledged(payee.trial.reference)])
    networks.apply_waiting()
    outcomes = list(NetworkEvent.objects.order_by("-pk").values_list("outcome", flat=True)[:3])
    assert outcomes == ["IGNORED", "IGNORED", "APPLIED"]
    with pytest.raises(errors.PayeeAccountRefused):
        pay(bank, dollars, ALIVE, "k1")
    assert (state(payee), bank.positions()) == ("REFUSED", before)


def test_another_number_is_offered_and_taken_over_with_a_code(
    bank: Bank, operator: SANDBOX, dollars: Account
) -> None:
    payee, other = keep(bank, MOVED), keep(bank, "777", is_tried=False)
    user = bank.firm.user
    with pytest.raises(errors.NothingToCorrect):
        payments.start_correction(user=user, beneficiary_id=other.pk)
    group = payments.keep_group(
        user=user, cif_number=bank.firm.customer.cif, name="Both",
        members=[payments.Member(payee.pk, Money.of("5.00", "USD"))],
    )  # fmt: skip
    Beneficiary.objects.update(added_at=clock.now() - timedelta(days=30))
    tend()
    assert (state(payee), payee.trial.reference[:4]) == ("CHANGED", "TRY-")
    with pytest.raises(errors.PayeeAccountChanged):
        pay(bank, dollars, MOVED, "k0")
    with pytest.raises(NotFound):
        payments.start_correction(user=bank.alice.user, beneficiary_id=payee.pk)
    challenge = payments.start_correction(user=user, beneficiary_id=payee.pk)
    assert "1918171614" in challenge.summary
    corrected = payments.correct_payee(
        user=user, beneficiary_id=payee.pk, challenge_id=challenge.id, code=code_of(challenge)
    )
    assert (corrected.number, state(payee)) == ("1918171614", "CORRECTED")
    assert corrected.added_at > clock.now() - timedelta(minutes=5)
    assert GroupMember.objects.get(group=group).payee.number == "1918171614"
    assert [one.number for one in selectors.beneficiaries(user)] == ["777", "1918171614"]
    assert pay(bank, dollars, "1918171614", "k1").status == "ACCEPTED"
    again = payments.start_beneficiary(
        user=user, cif_number=bank.firm.customer.cif, name="Second", number=MOVED, to=TO
    )
    assert again.summary


def test_what_cannot_be_tried_is_said_and_keeps_nobody(bank: Bank, operator: SANDBOX) -> None:
    with pytest.raises(errors.TrialImpossible):
        keep(bank, "0150123", to=Elsewhere("HUDSUS33", "US"))
    assert Beneficiary.objects.count() == 0
    payee = keep(bank, ALIVE, is_tried=False)
    with pytest.raises(NotFound):
        payments.try_payee(user=bank.alice.user, beneficiary_id=payee.pk)
    trial = payments.try_payee(user=bank.firm.user, beneficiary_id=payee.pk)
    with pytest.raises(errors.TrialAskedBefore):
        payments.try_payee(user=bank.firm.user, beneficiary_id=payee.pk)
    networks.release_due()
    prenotes.fail([trial.reference], "FILE_REJECTED", "The operator could not read the file.")
    assert state(payee) == "FAILED"
    assert isinstance(trials.refusal_of(PayeeTrial.objects.get()), errors.PayeeAccountRefused)


def test_an_operator_that_was_down_or_silent_has_the_entry_once(bank: Bank, operator: SANDBOX) -> None:
    payee = keep(bank, ALIVE)
    operator.behave(Behaviour(What.DOWN))
    tend()
    assert state(payee) == "LEAVING"
    operator.behave(Behaviour(What.TIMEOUT))
    for _ in range(3):
        NetworkMessage.objects.exclude(next_try_at=None).update(next_try_at=clock.now())
        sending.send_due()
    networks.apply_waiting()
    message = NetworkMessage.objects.get(purpose="PRENOTE")
    assert (message.status, state(payee)) == ("SENT", "SENT")
    assert ACH.day(clock.today().isoformat()) == []
    assert isinstance(ACH.prenote([prenotes.instruction_of(payee.trial, Money.zero("USD"))]), Outgoing)
    assert payee.trial.state_on(clock.today()) in set(TrialState)
    assert ledger.balance(ledger.gl("IN_TRANSIT", "USD")).booked == Money.zero("USD")


def test_lines_of_files_wait_too(bank: Bank, operator: SANDBOX, dollars: Account) -> None:
    """Faulty where the trial was asked for before the check, refused where it was asked for after it."""
    payee = keep(bank, ALIVE, is_tried=False)
    group = payments.keep_group(
        user=bank.firm.user, cif_number=bank.firm.customer.cif, name="One",
        members=[payments.Member(payee.pk, Money.of("5.00", "USD"))],
    )  # fmt: skip

    def file(key: str) -> PaymentFile:
        return payments.pay_group(
            user=bank.firm.user, cif_number=bank.firm.customer.cif, group_id=group.pk,
            debtor_number=dollars.number, key=key,
        )  # fmt: skip

    first = file("f1")
    assert first.faulty_count == 0, first.faults
    payments.try_payee(user=bank.firm.user, beneficiary_id=payee.pk)
    before = bank.positions()
    challenge = payments.start_file_confirmation(user=bank.firm.user, file=first)
    payments.confirm_payment_file(
        user=bank.firm.user, file=first, only_valid=False, key="c1", challenge_id=challenge.id,
        code=code_of(challenge),
    )  # fmt: skip
    outbox.deliver_due()
    payments.release_payment_file(reference=first.reference)
    (line,) = first.lines.all()
    assert (line.status, line.faults[-1]["code"]) == ("REJECTED", "PAYEE_BEING_TRIED")
    (line,) = file("f2").lines.all()
    assert (line.status, line.faults[-1]["code"]) == ("FAULTY", "PAYEE_BEING_TRIED")
    assert bank.positions() == before
