"""QR codes of payments: the standards' own examples, another writer's codes, round trips, hostile text."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from segno import helpers

from bank.kernel.money import Money
from bank.messages.errors import QrUnreadable
from bank.messages.qr import Epc, Merchant, build_epc, build_merchant, crc16, read_epc, read_merchant

RED_CROSS = "\n".join(
    ["BCD", "002", "1", "SCT", "BPOTBEB1", "Red Cross of Belgium", "BE72000000001616", "EUR1", "CHAR", "",
     "Urgency fund", "Sample QR code"]
)  # fmt: skip
BEST_TRANSPORT = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
    "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***"
    "0708A60086670902ME91320016A0112233449988770708123456786304A13A"
)
IBAN = "DE71110220330123456789"
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-/.", min_size=1, max_size=25)


def test_the_example_of_the_guidelines() -> None:
    """EPC069-12: amounts need no decimals, the last lines may be missing."""
    assert read_epc(RED_CROSS) == Epc(
        name="Red Cross of Belgium",
        iban="BE72000000001616",
        bic="BPOTBEB1",
        amount=Money.of("1", "EUR"),
        purpose="CHAR",
        text="Urgency fund",
        information="Sample QR code",
    )
    assert read_epc(f"BCD\r\n002\r\n1\r\nSCT\r\n\r\nJane\r\n{IBAN}").amount is None


def test_another_writers_codes_are_read() -> None:
    made = helpers._make_epc_qr_data(name="Wikimedia", iban=IBAN, amount=Decimal("50"), text="Spende")
    content = made[0] if isinstance(made, tuple) else made
    text = content.decode() if isinstance(content, bytes) else content
    asked = Epc("Wikimedia", IBAN, amount=Money.of("50.00", "EUR"), text="Spende")
    assert read_epc(text) == asked
    assert build_epc(asked).split("\n")[5:8] == ["Wikimedia", IBAN, "EUR50.00"]


def test_the_example_of_emvco() -> None:
    """EMV QRCPS merchant-presented mode, with two networks, an alternate language and a tip."""
    assert crc16(b"123456789") == 0x29B1
    code = read_merchant(BEST_TRANSPORT)
    assert (code.name, code.city, code.country, code.category) == ("BEST TRANSPORT", "BEIJING", "CN", "4111")
    assert code.amount == Money.of("23.72", "CNY")
    assert code.accounts == {
        "29": {"00": "D15600000000", "05": "A93FO3230Q"},
        "31": {"00": "D15600000001", "03": "12345678"},
    }
    assert (code.tip, code.terminal, code.more) == ("01", "A6008667", {"03": "1234", "06": "***", "09": "ME"})


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS, st.integers(1, 99_999_999_999), st.booleans())
def test_round_trips(name: str, reference: str, cents: int, is_dynamic: bool) -> None:
    epc = Epc(name, IBAN, amount=Money.of(Decimal(cents) / 100, "EUR"), text=reference)
    assert read_epc(build_epc(epc)) == epc
    for currency, accounts in (
        ("KES", {"29": {"00": "ke.co.umoja", "01": reference}}),
        ("JPY", {"02": name}),
    ):
        amount = Money.of(str(cents), "JPY") if currency == "JPY" else Money.of(Decimal(cents) / 100, "KES")
        code = Merchant(
            name, "NAIROBI", "KE", currency, accounts, amount=amount, is_dynamic=is_dynamic,
            reference=reference, bill=name,
        )  # fmt: skip
        assert read_merchant(build_merchant(code)) == code


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.integers(0, 200), st.characters())
def test_whatever_is_held_before_the_camera_is_read_or_refused(text: str, place: int, letter: str) -> None:
    for hostile in (text, _with(RED_CROSS, place, letter), _with(BEST_TRANSPORT, place, letter)):
        for read in (read_epc, read_merchant):
            with suppress(QrUnreadable):
                read(hostile)


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        (0, "XYZ", "BCD"),
        (1, "003", "001 or 002"),
        (2, "9", "1 to 8"),
        (3, "INST", "SCT"),
        (4, "NOBANK", "BIC"),
        (5, "", "name"),
        (5, "N" * 71, "name"),
        (5, "Ann\tBob", "name"),
        (6, "BE72000000001617", "IBAN"),
        (6, "be72000000001616", "IBAN"),
        (7, "EUR0.001", "amount"),
        (7, "EUR0", "between"),
        (7, "EUR1000000000", "amount"),
        (7, "USD1", "amount"),
        (7, "EUR1,5", "amount"),
        (7, "EUR١", "amount"),
        (8, "CH4R", "purpose"),
        (9, "RF18539007547034", "not both"),
        (10, "x" * 141, "text"),
        (11, "y" * 71, "information"),
    ],
)
def test_sepa_codes_that_are_none(line: int, instead: str, says: str) -> None:
    lines = RED_CROSS.split("\n")
    lines[line] = instead
    with pytest.raises(QrUnreadable) as refused:
        read_epc("\n".join(lines))
    assert says in refused.value.params["problem"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("000201", "checksum"),
        (BEST_TRANSPORT[:-1] + "B", "checksum"),
        (BEST_TRANSPORT.replace("23.72", "93.72"), "checksum"),
        (BEST_TRANSPORT[:-20], "checksum"),
        ("0002015204000053034045802KE5904Shop6004City", "account"),
        ("00020129040000520400005303404", "damaged"),
        ("000201021141111111111111102999", "damaged"),
        ("000201020411112904000Y5204000053034045802KE5904Shop6004City", "damaged"),
        ("00020102041111520400005303999" "5802KE5904Shop6004City", "currency"),
        ("0002010204111152040000530340454031e95802KE5904Shop6004City", "amount"),
        ("00020102041111520400005303404540105802KE5904Shop6004City", "amount"),
        ("00020102041111020411115204000053034045802KE5904Shop6004City", "twice"),
        ("00020102041111520400005303404" "5802ke5904Shop6004City", "country"),
    ],
)  # fmt: skip
def test_merchant_codes_that_are_none(fault: str, says: str) -> None:
    text = fault if says == "checksum" else f"{fault}6304{crc16(f'{fault}6304'.encode()):04X}"
    with pytest.raises(QrUnreadable) as refused:
        read_merchant(text)
    assert says in refused.value.params["problem"]


def _with(text: str, place: int, letter: str) -> str:
    return text[: place % len(text)] + letter + text[place % len(text) + 1 :]
