"""``manage.py payment_file``: faults and totals on the screen, the outcome in the exit code."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.payments.conftest import Bank, kes
from tests.payments.messages import File
from tests.payments.test_files import a_file, line_to


def run(path: Path, *options: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("payment_file", str(path), *options, stdout=out, stderr=err)
    return end.value.code, out.getvalue() + err.getvalue()


def kept(folder: Path, content: File | bytes) -> Path:
    path = folder / "file.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.xml())
    return path


def test_a_good_file_is_shown_then_paid_once(bank: Bank, tmp_path: Path) -> None:
    path = kept(tmp_path, a_file(bank, [line_to(bank)]))
    code, text = run(path)
    assert code == 0
    assert "1 lines, 0 faulty" in text
    assert "KES 100.00" in text
    assert bank.bob.booked == kes("0.00")
    for _ in range(2):
        code, text = run(path, "--confirm")
        assert (code, "1 settled, 0 rejected" in text) == (0, True)
    assert bank.bob.booked == kes("100.00")


def test_faulty_lines_are_named_and_kept_back(bank: Bank, tmp_path: Path) -> None:
    path = kept(tmp_path, a_file(bank, [line_to(bank, 1), line_to(bank, 2, bic="EQBLKENA")]))
    code, text = run(path, "--user", bank.firm.user.email)
    assert (code, "line 2: CREDITOR_AGENT_UNKNOWN" in text) == (1, True)
    code, text = run(path, "--confirm")
    assert (code, "FILE_HAS_FAULTS" in text) == (3, True)
    code, text = run(path, "--confirm", "--only-valid")
    assert (code, "1 settled, 1 rejected" in text) == (1, True)


def test_what_is_refused(bank: Bank, tmp_path: Path) -> None:
    assert run(kept(tmp_path, b"<a"), "--user", bank.firm.user.email)[0] == 2
    assert run(kept(tmp_path, a_file(bank, [line_to(bank)], count="7")))[0] == 2
    with pytest.raises(CommandError, match="no user"):
        call_command("payment_file", str(tmp_path / "file.xml"), "--user", "nobody@example.test")
    with pytest.raises(CommandError, match="No such file"):
        call_command("payment_file", str(tmp_path / "absent.xml"))
    with pytest.raises(CommandError, match="Nobody may pay"):
        call_command("payment_file", str(kept(tmp_path, a_file(bank, [line_to(bank)], debtor_account="5"))))
