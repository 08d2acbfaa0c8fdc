"""X12 interchanges with their own delimiters and counts; webhooks that prove where they come from."""

import hashlib
import hmac
from decimal import Decimal

import pytest

from bank.messages import errors, stripe, x12

ISA = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    "*261127*1200*>*00501*000000007*0*T*:~"
)
BODY = (
    "GS*RA*1*2*20261127*1200*7*X*005010X218~ST*820*0001~BPR*C*1250.50*C*ACH~TRN*1*REF-1~"
    "ENT*1~RMR*IV*INV-7**1000~RMR*IV*INV-8**250.50~SE*7*0001~GE*1*7~IEA*1*000000007~"
)


def codes(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in x12.read(text).findings.faults]


def test_a_payment_with_its_remittances() -> None:
    found = x12.read(ISA + BODY)
    (payment,) = found.sets
    assert (found.sender, found.receiver, found.control) == ("SENDER", "RECEIVER", "000000007")
    assert (payment.identifier, payment.amount, len(payment.segments)) == ("820", Decimal("1250.50"), 7)
    assert [segment[2] for segment in payment.remittances] == ["INV-7", "INV-8"]
    assert found.findings.faults == []


@pytest.mark.parametrize("delimiters", ["|\x1c", "*\n", "^~\n"])
def test_delimiters_are_the_interchange_s_own(delimiters: str) -> None:
    text = (ISA + BODY).replace("*", delimiters[0]).replace("~", delimiters[1:])
    assert x12.read(text).sets[0].amount == Decimal("1250.50")
    assert codes(text) == []


def test_counts_and_numbers_that_differ_are_named_with_their_segment() -> None:
    assert codes(ISA + BODY.replace("SE*7*", "SE*8*")) == [(9, "COUNT_MISMATCH")]
    assert codes(ISA + BODY.replace("SE*7*0001", "SE*7*0002")) == [(9, "CONTROL_DIFFERS")]
    assert codes(ISA + BODY.replace("IEA*1*000000007", "IEA*1*000000008")) == [(11, "CONTROL_DIFFERS")]
    assert codes(ISA + BODY[: BODY.index("SE*7")]) == [(8, "SET_NOT_CLOSED"), (8, "NOT_CLOSED")]
    assert x12.read(ISA + BODY.replace("1250.50*C", "1e9*C")).sets[0].amount is None


@pytest.mark.parametrize("text", ["", "UNB+UNOA", "ISA*00*", "ISA"])
def test_what_is_no_interchange_is_refused(text: str) -> None:
    with pytest.raises(errors.FormatError):
        x12.read(text)


SECRET, PAYLOAD, AT = "whsec_bank", b'{"id": "evt_1"}', 1_790_000_000


def signature(payload: bytes = PAYLOAD, secret: str = SECRET, at: int = AT) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()


def test_a_signed_webhook_is_believed_for_five_minutes() -> None:
    header = f"t={AT},v1={'0' * 64},v1={signature()},v0=abc"
    assert stripe.verify(PAYLOAD, header, SECRET, now=AT + stripe.TOLERANCE_S) == AT
    with pytest.raises(errors.SignatureInvalid, match="too long ago"):
        stripe.verify(PAYLOAD, header, SECRET, now=AT + stripe.TOLERANCE_S + 1)


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        (PAYLOAD + b" ", f"t={AT},v1={signature()}"),
        (PAYLOAD, f"t={AT + 1},v1={signature()}"),
        (PAYLOAD, f"t={AT},v1={signature(secret='whsec_other')}"),
        (PAYLOAD, f"t={AT},v0={signature()}"),
        (PAYLOAD, f"v1={signature()}"),
        (PAYLOAD, f"t=now,v1={signature()}"),
        (PAYLOAD, f"t=１,v1={signature()}"),
        (PAYLOAD, f"t={AT},v1=ü"),
        (PAYLOAD, ""),
    ],
)
def test_what_is_not_proven_is_refused_without_a_hint(payload: bytes, header: str) -> None:
    with pytest.raises(errors.SignatureInvalid) as refusal:
        stripe.verify(payload, header, SECRET, now=AT)
    assert signature() not in str(refusal.value)
