"""``script/bench payments.file``: a company's pain.001, from bytes to every line paid and durable.

A scratch database, 1,000 payees, 10,000 lines each to one of them. Timed end to end as the bank
does it: hardened reading, the published schema, every check of every line, storing, one ledger
call, orders and events, commit. The yardstick is what is asked for, 10,000 lines in 10 s; reading
alone is held against lxml's plain iterparse of the same bytes. The book is proved afterwards.
"""

import io
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from lxml import etree

from bench import http_world, ledger_bulk

if TYPE_CHECKING:
    from bank.identity.models import User

SIZES = (10_000, 100_000)
PAYEES = 1_000
ASKED_LINES_A_SECOND = 1_000
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr>'
    "<MsgId>BENCH-{count}</MsgId><CreDtTm>{today}T08:00:00</CreDtTm><NbOfTxs>{count}</NbOfTxs>"
    "<CtrlSum>{total}</CtrlSum><InitgPty><Nm>Bench Ltd</Nm></InitgPty></GrpHdr><PmtInf>"
    "<PmtInfId>PAYROLL</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>{today}</Dt></ReqdExctnDt>"
    "<Dbtr><Nm>Bench Ltd</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{debtor}</Id></Othr></Id></DbtrAcct>"
    "<DbtrAgt><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></DbtrAgt>"
)
_LINE = (
    "\n<CdtTrfTxInf><PmtId><EndToEndId>SALARY-{n}</EndToEndId></PmtId>"
    '<Amt><InstdAmt Ccy="KES">{amount}</InstdAmt></Amt>'
    "<CdtrAgt><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>{name}</Nm></Cdtr>"
    "<CdtrAcct><Id><Othr><Id>{number}</Id></Othr></Id></CdtrAcct>"
    "<RmtInf><Ustrd>Salary {n}</Ustrd></RmtInf></CdtTrfTxInf>"
)
_TAIL = "</PmtInf></CstmrCdtTrfInitn></Document>"


def run() -> Iterator[dict[str, Any]]:
    """One line a size, and what reading alone takes."""
    with ExitStack() as stack:
        environment = stack.enter_context(http_world.scratch_environment())
        http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
        for size in SIZES:
            for line in http_world.python(["-m", "bench.payments_file", str(size)], environment).splitlines():
                yield json.loads(line)
        http_world.python(["manage.py", "ledger_verify"], environment)


def measure(size: int) -> Iterator[dict[str, Any]]:
    """Submits and pays a file of ``size`` lines in this process's database."""
    from bank.messages import pain001
    from bank.payments import services as payments

    user, content = _world(size)
    before = ledger_bulk.peak_mb()
    started = time.perf_counter()
    file = payments.submit_payment_file(user=user, content=content, key=f"bench-{size}")
    # A long file is checked and paid by a worker; here this process is the worker.
    payments.check_payment_file(reference=file.reference)
    file.refresh_from_db()
    checked = time.perf_counter()
    payments.confirm_payment_file(
        user=user, file=file, only_valid=False, key="go", authorisation=payments.Operator("benchmark")
    )
    payments.release_payment_file(reference=file.reference)
    done = time.perf_counter()
    file.refresh_from_db()
    if file.settled_count != size:
        sys.exit(f"{file.settled_count} of {size} lines were settled")
    rate = size / (done - started)
    yield {
        "bench": "payments.file",
        "value": round(rate),
        "unit": "lines/s",
        "yardstick": ASKED_LINES_A_SECOND,
        "ratio": round(rate / ASKED_LINES_A_SECOND, 2),
        "lines": size,
        "megabytes": round(len(content) / 1e6, 1),
        "check_s": round(checked - started, 2),
        "pay_s": round(done - checked, 2),
        "total_s": round(done - started, 2),
        "memory_growth_mb": round(ledger_bulk.peak_mb() - before),
    }
    yield _reading(content, size, pain001)


def _reading(content: bytes, size: int, reader: Any) -> dict[str, Any]:
    started = time.perf_counter()
    lines = sum(1 for _ in reader.Initiation(content).transfers())
    own = time.perf_counter() - started
    started = time.perf_counter()
    for _event, element in etree.iterparse(io.BytesIO(content), tag="{*}CdtTrfTxInf"):
        element.clear()
    plain = time.perf_counter() - started
    return {
        "bench": "payments.file.read",
        "value": round(lines / own),
        "unit": "lines/s",
        "yardstick": round(size / plain),
        "ratio": round(plain / own, 2),
        "lines": size,
    }


def _world(size: int) -> "tuple[User, bytes]":
    """A company with money, payees, and the file."""
    from django.conf import settings

    from bank.accounts import services as accounts
    from bank.cif import services as cif
    from bank.identity.models import User
    from bank.kernel.money import Money
    from bank.payments import selectors
    from bank.payments import services as payments
    from bank.products import services as products

    products.seed_catalogue()
    payments.seed_limits()
    user = User.objects.create(email=f"bench{size}@example.test", full_name="Bench")
    firm = cif.create_organisation(
        registered_name="Bench Ltd", registration_number=f"B{size}", legal_form="Ltd", segment="CORPORATE"
    )
    cif.grant_mandate(user=user, customer=firm, role="OWNER", can_pay=True)
    opening = Money.of(str(size * 1_200), "KES")
    debtor = accounts.open_account(
        customer=firm, product_code="CORPORATE", key="open", opening_deposit=opening
    ).number
    payees = [_payee(cif, accounts, size, n) for n in range(PAYEES)]
    return user, _content(size, debtor, payees, selectors.today().isoformat(), settings.BANK_BIC)


def _payee(cif: Any, accounts: Any, size: int, n: int) -> tuple[str, str]:
    from datetime import date

    person = cif.create_person(
        given_names="Payee", family_name=f"Number{n} Of{size}", birth_date=date(1990, 1, 1)
    )
    account = accounts.open_account(customer=person, product_code="SAVINGS", key="open")
    return account.number, person.display_name


def _content(size: int, debtor: str, payees: list[tuple[str, str]], today: str, bic: str) -> bytes:
    text = io.StringIO()
    total = sum(500 + n % 500 for n in range(size))
    text.write(_HEAD.format(count=size, total=total, today=today, debtor=debtor, bic=bic))
    for n in range(size):
        number, name = payees[n % len(payees)]
        text.write(_LINE.format(n=n, amount=500 + n % 500, bic=bic, name=name, number=number))
    text.write(_TAIL)
    return text.getvalue().encode()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
    import django

    django.setup()
    for found in measure(int(sys.argv[1])):
        print(json.dumps(found), flush=True)
