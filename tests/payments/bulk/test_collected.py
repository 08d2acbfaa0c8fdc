"""Lines of files pay collection numbers as single payments do: the account behind, its purpose kept."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bank.accounts import selectors as accounts
from bank.accounts import services as account_services
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.collected import collected
from bank.payments.models import PaymentFile
from tests.payments.bulk.test_intake import change, send
from tests.payments.conftest import Bank, kes
from tests.payments.test_files import a_file, codes, confirm, line_to, submit


def numbers(bank: Bank, *purposes: str) -> list[str]:
    """Collection numbers of Bob's account, one for each purpose."""
    opened = [
        account_services.open_collection_number(user=bank.bob.user, number=bank.bob.number, reference=one)
        for one in purposes
    ]
    return [one.number for one in opened]


def table(bank: Bank, *lines: tuple[str, str, str]) -> bytes:
    rows = [f"{bank.bob.name},{account},{amount},{said}" for account, amount, said in lines]
    return "\r\n".join(["Name,Account,Amount,Reference", *rows, ""]).encode()


def texts(file: PaymentFile) -> list[str]:
    return list(file.lines.order_by("line").values_list("remittance", flat=True))


def test_lines_to_collection_numbers_credit_the_account_and_say_what_for(bank: Bank) -> None:
    flat, shop, closed = numbers(bank, "Flat 7", "Shop 2", "Gone")
    account_services.close_collection_number(user=bank.bob.user, number=closed)
    asked = [(flat, "100.00", "May"), (shop, "50.00", "May"), (closed, "9.00", "x"), (flat, "30.00", "")]
    before = bank.firm.booked
    file = send(bank, table(bank, *asked))
    assert (file.status, file.faulty_count, codes(file, 4)) == ("CHECKED", 1, ["CREDITOR_ACCOUNT_UNKNOWN"])
    assert texts(file) == ["Flat 7 May", "Shop 2 May", "x", "Flat 7"]
    mended = payments.edit_line(
        user=bank.firm.user, reference=file.reference, line=4,
        change=change(bank, creditor_account=shop, amount="9.00", remittance="Shop 2 rest"),
    )  # fmt: skip
    assert (mended.faults, mended.remittance, mended.name_check) == ([], "Shop 2 rest", "MATCH")
    paid = confirm(bank, file)
    assert (paid.settled_count, bank.bob.booked) == (4, kes("189.00"))
    assert bank.firm.booked == before - kes("189.00") - kes("46.00")
    order = paid.lines.get(line=2).order
    assert order is not None
    assert (order.creditor_number, order.creditor_account, order.remittance) == (
        bank.bob.number, bank.bob.account, "Flat 7 May",
    )  # fmt: skip
    open_ones = accounts.collection_numbers(bank.bob.account)
    came = {one.reference: [part.message for part in collected(one)] for one in open_ones}
    assert {name: sorted(said) for name, said in came.items()} == {
        "Flat 7": ["", "May"], "Shop 2": ["May", "rest"],
    }  # fmt: skip


def test_a_payment_message_takes_one_query_more_for_all_collection_numbers(bank: Bank) -> None:
    """And a number of one's own account pays nobody, as that account would not."""
    several = numbers(bank, *(f"Flat {n}" for n in range(4)))
    submit(bank, a_file(bank, [line_to(bank, 9)]), key="what is kept between files")
    plain = a_file(bank, [line_to(bank, n) for n in range(4)])
    with CaptureQueriesContext(connection) as without:
        submit(bank, plain, key="plain")
    filed = a_file(bank, [line_to(bank, n, account=one) for n, one in enumerate([*several, bank.bob.number])])
    with CaptureQueriesContext(connection) as with_numbers:
        file = submit(bank, filed, key="numbers")
    assert (file.faulty_count, file.warning_count) == (0, 0)
    assert len(with_numbers) == len(without) + 1
    own = account_services.open_collection_number(
        user=bank.firm.user, number=bank.firm.number, reference="Ours"
    )
    refused = submit(bank, a_file(bank, [line_to(bank, account=own.number, name=bank.firm.name)]), key="own")
    assert codes(refused) == ["SAME_ACCOUNT"]
    known = selectors.known_accounts(several)
    assert {(one.pk, one.collects) for one in known.values()} == {
        (bank.bob.account.pk, f"Flat {n}") for n in range(4)
    }
