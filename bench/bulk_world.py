"""A company's file of 100,000 payments, from upload to every line paid, each phase in a process of its own.

The phases are those of the bank: a web process takes the file in, a worker checks it, a worker pays it.
What a worker needs of memory is its own process' peak (``VmHWM``). The book is proved afterwards.
"""

import csv
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from lxml import etree

from bench import http_world, ledger_bulk, payments_file

LINES = 100_000
ASKED = {"check_s": 60, "pay_s": 30, "memory_mb": 600}


def measured(kind: str) -> Iterator[dict[str, Any]]:
    """The figures of one format: pace and seconds of each phase, beside what reading alone takes."""
    with ExitStack() as stack:
        environment = stack.enter_context(http_world.scratch_environment())
        http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
        found: dict[str, Any] = {"bench": f"bulk.{kind}", "unit": "lines/s", "lines": LINES}
        for phase in ("upload", "check", "pay"):
            found |= json.loads(http_world.python(["-m", "bench.bulk_world", kind, phase], environment))
        http_world.python(["manage.py", "ledger_verify"], environment)
    rate = LINES / (found["upload_s"] + found["check_s"])
    yield found | {"value": round(rate), "ratio": round(rate / found["yardstick"], 3), "asked": ASKED}


def upload(kind: str) -> dict[str, Any]:
    """Makes the company and the file, times handing it in, and reads it with the plain reader."""
    from bank.messages.tables.mapping import Mapping
    from bank.payments import services as payments

    user, pain = payments_file._world(LINES)
    debtor = pain.split(b"<DbtrAcct><Id><Othr><Id>")[1].split(b"<")[0].decode()
    content = pain if kind == "pain001" else _csv(pain)
    wishes = payments.Wishes(name=f"bench.{kind}", mapping=Mapping(debtor_account=debtor))
    started = time.perf_counter()
    file = payments.submit_payment_file(user=user, content=content, key="bench", wishes=wishes)
    taken = time.perf_counter() - started
    _note().write_text(file.reference)
    started = time.perf_counter()
    (_read_xml if kind == "pain001" else _read_csv)(content)
    plain = time.perf_counter() - started
    return {
        "megabytes": round(len(content) / 1e6, 1),
        "upload_s": round(taken, 2),
        "yardstick": round(LINES / plain),
    }


def check(_kind: str) -> dict[str, Any]:
    """As the worker that checks."""
    from bank.payments import services as payments
    from bank.payments.models import PaymentFile

    reference = _note().read_text()
    started = time.perf_counter()
    payments.check_payment_file(reference=reference)
    taken = time.perf_counter() - started
    file = PaymentFile.objects.get(reference=reference)
    if (file.status, file.line_count, file.faulty_count) != ("CHECKED", LINES, 0):
        sys.exit(f"{file.status}: {file.faulty_count} of {file.line_count} lines are faulty")
    return {"check_s": round(taken, 2), "check_memory_mb": round(ledger_bulk.peak_mb())}


def pay(_kind: str) -> dict[str, Any]:
    """As the worker that pays, after somebody has confirmed."""
    from bank.payments import services as payments
    from bank.payments.models import PaymentFile

    file = PaymentFile.objects.get(reference=_note().read_text())
    allowed = payments.Operator("benchmark")
    payments.confirm_payment_file(
        user=file.uploaded_by, file=file, only_valid=False, key="go", authorisation=allowed
    )
    started = time.perf_counter()
    payments.release_payment_file(reference=file.reference)
    taken = time.perf_counter() - started
    file.refresh_from_db()
    if file.settled_count != LINES:
        sys.exit(f"{file.settled_count} of {LINES} lines were settled")
    return {"pay_s": round(taken, 2), "pay_memory_mb": round(ledger_bulk.peak_mb())}


def _csv(pain: bytes) -> bytes:
    """The same payments as a table."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Account", "Amount", "Currency", "Reference", "Payment id"])
    for _event, element in etree.iterparse(io.BytesIO(pain), tag="{*}CdtTrfTxInf"):
        found = {one.tag.rpartition("}")[2]: one.text for one in element.iter() if one.text}
        number, name = element.findtext("{*}CdtrAcct/{*}Id/{*}Othr/{*}Id"), element.findtext("{*}Cdtr/{*}Nm")
        writer.writerow([name, number, found["InstdAmt"], "KES", found["Ustrd"], found["EndToEndId"]])
        element.clear()
    return text.getvalue().encode()


def _read_xml(content: bytes) -> None:
    for _event, element in etree.iterparse(io.BytesIO(content), tag="{*}CdtTrfTxInf"):
        element.clear()


def _read_csv(content: bytes) -> None:
    for _row in csv.reader(io.StringIO(content.decode(), newline="")):
        continue


def _note() -> Path:
    return Path(os.environ["BANK_VAR"], "bench-file")


_PHASES: dict[str, Callable[[str], dict[str, Any]]] = {"upload": upload, "check": check, "pay": pay}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
    import django

    django.setup()
    print(json.dumps(_PHASES[sys.argv[2]](sys.argv[1])), flush=True)
