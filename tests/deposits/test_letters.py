"""What customers are told by mail, in their own language, and whose deposits are after a merger."""

from datetime import date

import pytest
from django.core import mail

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.deposits import services as deposits
from bank.identity.models import User
from bank.runtime import outbox
from tests.deposits.conftest import close_day, code_of, kes, opened, run_steps, skip_to

pytestmark = pytest.mark.django_db


def _letters() -> list[tuple[str, str]]:
    mail.outbox.clear()
    outbox.deliver_due()
    return [
        (str(one.subject), str(one.body).replace("\N{NO-BREAK SPACE}", " "))
        for one in mail.outbox
        if "/personal/deposits/" in str(one.body)
    ]


def test_a_deposit_from_opening_to_renewal_and_end(account: Account, user: User) -> None:
    deposit = opened(account, months=3, instruction="PRINCIPAL_AND_INTEREST")
    ((subject, body),) = _letters()
    assert "Your deposit is open" in subject
    assert "Dear Amina Otieno" in body
    assert "KES 100,000.00" in body
    assert "2 Jun 2026" in body
    skip_to(date(2026, 6, 2))
    run_steps()
    ((subject, body),) = _letters()
    assert "renewed" in subject
    assert "KES 101,821.10" in body
    deposit.refresh_from_db()
    skip_to(date(2026, 7, 1))
    asked = code_of(deposits.start_closing(user=user, deposit=deposit.renewal))
    outbox.deliver_due()
    deposits.close_early(user=user, deposit=deposit.renewal, key="1", **asked)
    ((subject, body),) = _letters()
    assert "Your deposit was closed" in subject
    assert account.number[:4] in body


def test_instalments_and_a_deposit_that_waits(account: Account, user: User) -> None:
    opened(account, "RECURRING", "5000", months=6)
    ledger.post(
        ledger.transfer(
            key="empty",
            debit=account.number,
            credit=ledger.gl("CASH", "KES"),
            amount=kes("995000"),
            code="CASH",
        )
    )
    _letters()
    close_day(until=date(2026, 4, 13))
    (_, tried), (_, missed) = _letters()
    assert "until 9 Apr 2026" in tried
    assert "penalty of KES 100.00" in missed
    accounts.freeze(account=account, scope="ALL", reason="Court order")
    ledger.roll_business_date(to=date(2026, 9, 2))
    run_steps()
    assert "waits for an account" in _letters()[-1][0]
