"""PAYMUL and PAYORD: batches and payments, escapes, and what does not add up."""

from datetime import date
from decimal import Decimal

import pytest

from bank.messages import conformance, edifact, errors

PAYMUL = """UNA:+.? '
UNB+UNOA:3+UMOJA+BANK+261127:1500+REF1'
UNH+1+PAYMUL:D:96A:UN:FUN01G'
BGM+452+SALARIES+9'
DTM+137:20261127:102'
LIN+1'
DTM+203:20261130:102'
RFF+AEK:BATCH-1'
MOA+9:150.25:KES'
FII+OR+0010000017:WANJIKU LTD:::KES+SAVNKENA:25:5+KE'
NAD+OY+++WANJIKU LTD:NAIROBI'
SEQ++1'
MOA+9:100.00:KES'
RFF+CR:INV 1'
FII+BF+0110987654321+RIFTKENA:25:5+KE'
NAD+BE+++O?'NEILL ?& SONS'
FTX+PMD+++RENT FOR:NOVEMBER'
SEQ++2'
MOA+9:50,25:KES'
FII+BF+0110000000001+:::02:154:133+KE'
CNT+39:2'
UNT+20+1'
UNZ+1+REF1'
"""


def test_a_paymul_is_batches_of_payments() -> None:
    found = edifact.read(PAYMUL)
    (order,) = found.orders
    (batch,) = order.batches
    assert (found.sender, order.identification, batch.reference) == ("UMOJA", "SALARIES", "BATCH-1")
    assert (batch.execution_date, batch.total) == (date(2026, 11, 30), Decimal("150.25"))
    assert (batch.debtor_account, batch.debtor_agent) == ("0010000017", "SAVNKENA")
    first, second = batch.payments
    assert (first.creditor_name, first.creditor_account) == ("O'NEILL & SONS", "0110987654321")
    assert (first.reference, first.remittance, first.amount) == ("INV 1", "RENT FOR NOVEMBER", 100)
    assert (second.amount, second.creditor_agent) == (Decimal("50.25"), "02")
    assert found.findings.faults == []
    expected = {"exec_date": "2026-11-30", "ref": "BATCH-1", "total": "150.25", "n_tx": 2}
    assert conformance.parse_paymul({"text": PAYMUL})["batches"] == [expected]


def test_a_payord_is_one_payment() -> None:
    text = "UNH+7+PAYORD:D:96A:UN'BGM+450+P1'DTM+203:261130:101'RFF+CR:X'MOA+9:5:KES'FII+BF+1'UNT+7+7'"
    (batch,) = edifact.read(text).orders[0].batches
    assert (batch.total, batch.payments[0].amount, batch.execution_date) == (5, 5, date(2026, 11, 30))


def test_what_does_not_add_up_is_said() -> None:
    wrong = PAYMUL.replace("150.25", "150.26").replace("UNT+20+1", "UNT+21+2").replace("39:2", "39:3")
    wrong = wrong.replace("UNZ+1+REF1", "UNZ+1+REF2").replace("20261130", "20261131")
    assert sorted(fault.code for fault in edifact.read(wrong).findings.faults) == [
        "CONTROL_DIFFERS",
        "CONTROL_DIFFERS",
        "COUNT_MISMATCH",
        "COUNT_MISMATCH",
        "DAY",
        "TOTAL_MISMATCH",
    ]
    half = PAYMUL[: PAYMUL.index("CNT")]
    with pytest.raises(errors.MessageUnsupported):
        edifact.read(half)
    with pytest.raises(errors.TextBroken):
        edifact.read(PAYMUL[:-10])
    for stranger in ("<a/>", "UNA", "UNB+x'UNH+1+ORDERS:D:96A:UN'UNT+2+1'"):
        with pytest.raises(errors.FormatError):
            edifact.read(stranger)
