"""What a large company of the demonstration has before it: a file that was paid, one that waits for a second
signature, and a table with faults to mend."""

import csv
from decimal import Decimal
from io import StringIO
from typing import Final

from django.conf import settings
from django.db import transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.demo.habits import Community
from bank.demo.population import DIRECTOR, TREASURER
from bank.identity import selectors as identity
from bank.identity import stepup
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money
from bank.messages.tables.mapping import Mapping
from bank.payments import services as payments
from bank.payments.batch import Payee, Payer, credit_transfers
from bank.payments.models import PaymentFile
from bank.signing import services as signing
from bank.signing.models import SigningRule
from bank.signing.rules import PaymentType, Step

_TWO_ABOVE: Final = Decimal(250_000)
_MOST_LINES: Final = 24


@transaction.atomic
def fill(community: Community) -> None:
    """Once, however often it is called, and as a whole."""
    builder = accounts.find_by_number(community.organisations[0].current)
    treasurer, director = identity.user_by_email(TREASURER), identity.user_by_email(DIRECTOR)
    ruled = SigningRule.objects.filter(customer=builder.customer).exists()
    if treasurer is None or director is None or ruled:
        return
    signing.set_rules(
        customer=builder.customer, currency="KES", actor=director,
        steps=[Step(_TWO_ABOVE, 2), Step(_TWO_ABOVE, 2, payment_type=PaymentType.FILE)],
    )  # fmt: skip
    crew = [one.current for one in community.people[:_MOST_LINES]]
    _pay(_sent(treasurer, builder, "TOOLS", crew[: len(crew) // 2], "4150.00"), treasurer)
    _pay(_sent(director, builder, "SITE-BONUS", crew, str(1 + 2 * _TWO_ABOVE // len(crew))), director)
    wishes = payments.Wishes(name="travel.csv", mapping=Mapping(debtor_account=builder.number))
    payments.submit_payment_file(user=treasurer, content=_faulty(crew), key="demo:travel", wishes=wishes)


def _sent(user: User, builder: Account, what: str, numbers: list[str], amount: str) -> PaymentFile:
    """A pain.001 file that pays each of these accounts the same."""
    today = ledger.business_date()
    payees = [
        Payee(
            f"{what}-{place}", accounts.holder_name(number), number, settings.BANK_BIC,
            Money.of(amount, builder.currency), f"{what} {today:%Y-%m}",
        )
        for place, number in enumerate(numbers, 1)
    ]  # fmt: skip
    content = credit_transfers(
        message_id=f"{what}-{today:%Y-%m}",
        payer=Payer(builder.customer.display_name, builder.number, settings.BANK_BIC),
        day=today,
        created_at=clock.local_now().strftime("%Y-%m-%dT%H:%M:%S"),
        payees=payees,
    )
    return payments.submit_payment_file(user=user, content=content, key=f"demo:{what}")


def _pay(file: PaymentFile, user: User) -> None:
    """With a code, as people do: what is above the company's rule waits for its second signature."""
    challenge = payments.start_file_confirmation(user=user, file=file)
    payments.confirm_payment_file(
        user=user, file=file, only_valid=True, key=f"demo:{file.reference}",
        challenge_id=challenge.pk, code=stepup.code_for(challenge),
    )  # fmt: skip


def _faulty(numbers: list[str]) -> bytes:
    """A table as people send them: an amount nobody can read, a number with a digit changed, no name."""
    changed = f"{numbers[-1][:-1]}{(int(numbers[-1][-1]) + 1) % 10}"
    names = [accounts.holder_name(number) for number in numbers]
    written = StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(["name", "account", "amount", "currency", "message"])
    table.writerows(
        [name, number, "1200.00", "KES", "Travel"] for name, number in zip(names, numbers, strict=True)
    )
    table.writerow([names[0], numbers[0], "1.200,00", "KES", "Travel"])
    table.writerow([names[-1], changed, "900.00", "KES", "Travel"])
    table.writerow(["", numbers[1], "75.00", "KES", "Travel"])
    return written.getvalue().encode()
