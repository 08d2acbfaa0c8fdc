"""Which passwords are refused (attack row 3)."""

import hashlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from bank.identity import passwords, rules
from bank.identity.models import User

ALICE = User(email="alice.achieng@umoja-mail.test", full_name="Alice Achieng")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password!2026",
        "PasswordPassword",
        "123qwertyuiop456",
        "sunshine!!!!!!",
        "iloveyou2025!!",
    ],
)
def test_row_03_a_common_word_however_decorated_is_refused(password: str) -> None:
    assert any("thieves" in problem for problem in passwords.problems(password, ALICE))


@pytest.mark.parametrize(
    "password",
    [
        "alice.achieng",
        "Alice-Achieng-7",
        "UmojaBank2026",
        "umoja-umoja-bank",
        "achieng@umoja-mail",
        "UMOJKENA-alice1",
    ],
)
def test_row_03_the_owner_and_the_bank_are_refused(password: str) -> None:
    assert any("little more" in problem for problem in passwords.problems(password, ALICE))


@pytest.mark.parametrize(
    "password", ["nine green lanterns", "xkqzvwplmtrn", "Karibu-Umoja-2026", "ß🦁🦒 simba na twiga"]
)
def test_no_sign_or_digit_is_asked_for(password: str) -> None:
    assert passwords.problems(password, ALICE) == []


@given(some.text(max_size=11))
def test_row_03_eleven_characters_are_too_few(password: str) -> None:
    assert passwords.problems(password, ALICE)


@given(some.text(max_size=200))
def test_any_text_is_judged(password: str) -> None:
    passwords.problems(password, ALICE)
    assert all(form in password.casefold() for form in rules.plain_forms(password))


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(VAR_DIR=tmp_path):
        yield tmp_path


def hashed(*words: str) -> list[str]:
    return sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)


def write(folder: Path, lines: list[str]) -> str:
    path = folder / "list.txt"
    path.write_text("\r\n".join(lines) + "\r\n")
    return str(path)


def test_row_03_an_operator_loads_the_breached_list(own_folder: Path) -> None:
    words = [f"breached password {n}" for n in range(500)]
    said = StringIO()
    path = write(own_folder, [f"{line}:{n}" for n, line in enumerate(hashed(*words), 1)])
    call_command("load_breached_passwords", path, stdout=said)
    assert "500 breached passwords" in said.getvalue()
    assert all(passwords.problems(word, ALICE) for word in words)
    assert passwords.problems("never seen anywhere", ALICE) == []
    assert (own_folder / "breached-passwords").stat().st_size == 500 * 6


@pytest.mark.parametrize("fault", ["not a hash", "ABCDEF:1", "0" * 40])
def test_a_faulty_list_is_refused_and_the_old_one_stays(own_folder: Path, fault: str) -> None:
    call_command(
        "load_breached_passwords", write(own_folder, hashed("an old breached one")), stdout=StringIO()
    )
    with pytest.raises(CommandError, match="Line 3"):
        call_command("load_breached_passwords", write(own_folder, [*hashed("a", "b"), fault]))
    assert passwords.problems("an old breached one", ALICE)
    assert [path.name for path in own_folder.iterdir() if path.name.startswith("breached")] == [
        "breached-passwords"
    ]


def test_an_absent_file_is_said(own_folder: Path) -> None:
    with pytest.raises(CommandError):
        call_command("load_breached_passwords", str(own_folder / "absent"))


def test_an_empty_list_refuses_nothing(own_folder: Path) -> None:
    (own_folder / "breached-passwords").write_bytes(b"")
    assert passwords.problems("never seen anywhere", ALICE) == []
