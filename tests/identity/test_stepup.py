"""Step-up: a code bound to one act, spent once, guessed five times at most."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction

from bank.audit import selectors as trail
from bank.identity import errors, stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.runtime import outbox
from tests.identity import totp

ACT = {"act": "PAY", "amount": "1250.00", "currency": "KES", "creditor": "1000234000017"}
SUMMARY = "KES 1,250.00 to Wanjiru Traders, account 1000 2340 0001 7"


def ask(user: User, **changes: Any) -> Challenge:
    return stepup.start(user=user, act=ACT | changes, summary=SUMMARY)


def confirm(
    challenge: Challenge, code: str | None = None, user: User | None = None, **changes: Any
) -> Challenge:
    return stepup.confirm(
        user=user or challenge.user,
        challenge_id=challenge.id,
        act=ACT | changes,
        code=stepup.code_for(challenge) if code is None else code,
    )


def wrong(challenge: Challenge) -> str:
    return f"{(int(stepup.code_for(challenge)) + 1) % 1_000_000:06d}"


def refused(challenge: Challenge, code: str | None = None, user: User | None = None, **changes: Any) -> str:
    """The code of the refusal; the work around it is rolled back as a real act's would be."""
    with pytest.raises(errors.StepUpFailed) as refusal, transaction.atomic():
        confirm(challenge, code, user, **changes)
    challenge.refresh_from_db()
    assert challenge.used_at is None or code is None
    return refusal.value.code


@pytest.mark.django_db
class TestBinding:
    def test_row_34_the_mail_names_amount_and_payee(self, alice: User) -> None:
        challenge = ask(alice)
        outbox.deliver_due()
        assert SUMMARY in mail.outbox[-1].body
        assert stepup.code_for(challenge) in mail.outbox[-1].body
        assert stepup.code_for(challenge) not in mail.outbox[-1].subject
        assert mail.outbox[-1].to == [alice.email]

    def test_the_right_code_confirms(self, alice: User) -> None:
        challenge = confirm(ask(alice))
        assert challenge.used_at is not None

    def test_a_code_may_be_typed_with_spaces(self, alice: User) -> None:
        challenge = ask(alice)
        code = stepup.code_for(challenge)
        confirm(challenge, f" {code[:3]} {code[3:]} ")

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": "1250.01"},
            {"amount": "12500.00"},
            {"creditor": "1000234000025"},
            {"currency": "USD"},
            {"extra": None},
        ],
    )
    def test_row_34_another_act_voids_the_code_for_good(self, alice: User, change: dict[str, Any]) -> None:
        challenge = ask(alice)
        assert refused(challenge, **change) == "STEP_UP_ACT_CHANGED"
        assert refused(challenge) == "STEP_UP_ACT_CHANGED", "the true act comes too late"

    def test_row_34_the_order_of_an_acts_names_does_not_matter(self, alice: User) -> None:
        challenge = ask(alice)
        act = dict(reversed(ACT.items()))
        stepup.confirm(user=alice, challenge_id=challenge.id, act=act, code=stepup.code_for(challenge))

    def test_row_25_a_code_for_one_act_opens_no_other_challenge(self, alice: User) -> None:
        first, second = ask(alice), ask(alice, amount="9.00")
        assert stepup.code_for(first) != stepup.code_for(second)
        assert refused(second, stepup.code_for(first), amount="9.00") == "STEP_UP_WRONG_CODE"

    @pytest.mark.parametrize(
        "challenge_id", [None, "", "nonsense", "1", "0742f3fe-48cc-44b2-83a6-81de9bda2750"]
    )
    def test_row_25_without_a_challenge_nothing_is_confirmed(self, alice: User, challenge_id: Any) -> None:
        with pytest.raises(errors.StepUpRequired):
            stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code="000000")

    def test_row_06_alices_challenge_does_not_exist_for_bob(self, alice: User, bob: User) -> None:
        challenge = ask(alice)
        assert refused(challenge, user=bob) == "STEP_UP_REQUIRED"
        confirm(challenge)


@pytest.mark.django_db
class TestTries:
    def test_row_06_a_code_works_once(self, alice: User) -> None:
        challenge = confirm(ask(alice))
        assert refused(challenge) == "STEP_UP_EXPIRED"

    def test_row_35_five_wrong_codes_and_the_right_one_is_dead(self, alice: User) -> None:
        challenge = ask(alice)
        assert [refused(challenge, wrong(challenge)) for _ in range(5)] == ["STEP_UP_WRONG_CODE"] * 5
        assert refused(challenge) == "STEP_UP_EXHAUSTED"

    def test_four_wrong_codes_leave_the_fifth_try(self, alice: User) -> None:
        challenge = ask(alice)
        for _ in range(4):
            refused(challenge, wrong(challenge))
        confirm(challenge)

    @pytest.mark.parametrize("code", ["", "0", "x" * 500, "１２３４５６", "-12345", "12\x0034", "1e5"])
    def test_what_is_no_code_is_a_wrong_code(self, alice: User, code: str) -> None:
        assert refused(ask(alice), code) == "STEP_UP_WRONG_CODE"

    def test_a_code_lives_two_minutes(self, alice: User) -> None:
        challenge = ask(alice)
        with time_machine.travel(clock.now().timestamp() + 121, tick=True):
            assert refused(challenge) == "STEP_UP_EXPIRED"

    def test_a_late_mail_is_not_sent(self, alice: User) -> None:
        ask(alice)
        with time_machine.travel(clock.now().timestamp() + 121, tick=True):
            outbox.deliver_due()
        assert not mail.outbox

    def test_row_62_the_trail_shows_start_refusal_and_confirmation(self, alice: User) -> None:
        challenge = ask(alice)
        refused(challenge, wrong(challenge))
        confirm(challenge)
        found = trail.trail("CHALLENGE", str(challenge.pk))
        assert [(r.action, r.result) for r in found] == [
            ("STEP_UP_CONFIRMED", "OK"),
            ("STEP_UP_REFUSED", "REFUSED"),
            ("STEP_UP_STARTED", "OK"),
        ]
        assert all(r.actor_id == alice.pk for r in found)
        assert stepup.code_for(challenge) not in str([r.told for r in found])


@pytest.mark.django_db
class TestAuthenticator:
    def test_no_mail_goes_out(self, alice: User) -> None:
        totp.enrolled(alice)
        outbox.deliver_due()
        mail.outbox.clear()
        assert ask(alice).channel == "TOTP"
        outbox.deliver_due()
        assert not mail.outbox

    def test_row_06_a_code_of_the_app_is_not_taken_twice(self, alice: User) -> None:
        device = totp.enrolled(alice)
        confirm(ask(alice), totp.code(device))
        assert refused(ask(alice), totp.code(device)) == "STEP_UP_WRONG_CODE"

    def test_row_06_the_code_of_alices_app_is_not_bobs(self, alice: User, bob: User) -> None:
        device = totp.enrolled(alice)
        totp.enrolled(bob)
        assert refused(ask(bob), totp.code(device)) == "STEP_UP_WRONG_CODE"

    def test_row_35_five_wrong_codes_of_an_app_kill_the_challenge(self, alice: User) -> None:
        device = totp.enrolled(alice)
        challenge = ask(alice)
        for _ in range(5):
            assert refused(challenge, totp.wrong(device)) == "STEP_UP_WRONG_CODE"
        assert refused(challenge, totp.code(device)) == "STEP_UP_EXHAUSTED"

    def test_the_derived_code_does_not_stand_in_for_the_app(self, alice: User) -> None:
        totp.enrolled(alice)
        challenge = ask(alice)
        assert refused(challenge, stepup.code_for(challenge)) == "STEP_UP_WRONG_CODE"

    def test_a_recovery_code_signs_in_but_confirms_no_payment(self, alice: User) -> None:
        codes = totp.recovery_codes(alice)
        assert refused(ask(alice), codes[0]) == "STEP_UP_WRONG_CODE"


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def in_parallel(self, challenges: list[Challenge], code: str) -> list[str]:
        """Outcomes of simultaneous acts that each confirm a challenge inside their own transaction."""
        gate = Barrier(len(challenges))

        def act(challenge: Challenge) -> str:
            try:
                gate.wait()
                with transaction.atomic():
                    confirm(challenge, code)
                return "DONE"
            except errors.StepUpFailed as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(len(challenges)) as pool:
            return sorted(pool.map(act, challenges))

    def test_row_06_of_parallel_confirmations_exactly_one_passes(self, alice: User) -> None:
        challenge = ask(alice)
        outcomes = self.in_parallel([challenge] * 8, stepup.code_for(challenge))
        assert outcomes == ["DONE"] + ["STEP_UP_EXPIRED"] * 7

    def test_row_06_of_parallel_codes_of_an_app_exactly_one_passes(self, alice: User) -> None:
        device = totp.enrolled(alice)
        outcomes = self.in_parallel([ask(alice)] * 8, totp.code(device))
        assert outcomes == ["DONE"] + ["STEP_UP_EXPIRED"] * 7

    def test_row_06_one_code_of_an_app_confirms_one_of_many_acts(self, alice: User) -> None:
        device = totp.enrolled(alice)
        outcomes = self.in_parallel([ask(alice) for _ in range(8)], totp.code(device))
        assert outcomes == ["DONE"] + ["STEP_UP_WRONG_CODE"] * 7

    def test_row_35_parallel_guesses_are_all_counted(self, alice: User) -> None:
        challenge = ask(alice)
        outcomes = self.in_parallel([challenge] * 12, wrong(challenge))
        assert outcomes == ["STEP_UP_EXHAUSTED"] * 7 + ["STEP_UP_WRONG_CODE"] * 5

    def test_a_confirmation_dies_with_the_act_it_was_for(self, alice: User) -> None:
        challenge = ask(alice)
        with pytest.raises(RuntimeError), transaction.atomic():
            self.confirm_and_fail(challenge)
        confirm(challenge)

    def confirm_and_fail(self, challenge: Challenge) -> None:
        confirm(challenge)
        raise RuntimeError
