"""What is wrong with a line of a file, said in Swahili: every sentence a line's checks may say."""

import ast
import re
from pathlib import Path
from typing import TypeGuard

import pytest
from django.conf import settings
from django.utils import translation

from bank.payments import errors
from bank.web.companies import fault_words
from tests.portals.test_swahili import said

CHECKS = (
    *("bank/payments/line_checks.py", "bank/payments/services/file_routing.py"),
    *("bank/payments/services/file_checking.py", "bank/messages/pain001.py"),
    *("bank/messages/tables/payments.py", "bank/messages/tables/values.py"),
)


def sentences(name: str) -> set[str]:
    """Whatever is called a sentence there; ``7`` stands in the gaps."""
    tree = ast.parse(Path(settings.BASE_DIR, name).read_text())
    given = {
        ast.unparse(one.value)
        for one in ast.walk(tree)
        if _is_sentence(one) and isinstance(one.value, ast.JoinedStr | ast.Constant)
    }
    return {re.sub(r"\{[^}]+\}", "7", ast.literal_eval(one.removeprefix("f"))) for one in given}


def _is_sentence(one: ast.AST) -> TypeGuard[ast.Assign | ast.Return]:
    if isinstance(one, ast.Return):
        return one.value is not None and ast.unparse(one.value).endswith((".'", '."'))
    return isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) in {"sentence", "_NO_IFSC"}


@pytest.mark.parametrize("checks", CHECKS)
def test_every_fault_of_a_line_has_its_swahili(checks: str) -> None:
    with translation.override("sw"):
        unsaid = {one for one in sentences(checks) if fault_words.spoken(one) == one}
    assert unsaid == set()
    assert len(sentences(checks)) > 1


def test_what_a_form_names_is_said_too() -> None:
    written = said()
    assert [one for one in (*fault_words.FORMS, *fault_words.GAPS) if not written.get(one)] == []
    today = "Today is Christmas Day: RTGS takes this payment on 2026-12-28."
    listed = errors.PayeeListed().message
    with translation.override("en"):
        assert (fault_words.spoken(today), fault_words.spoken("")) == (today, "")
    with translation.override("sw"):
        assert fault_words.spoken(today) == "Leo ni Siku ya Krismasi: RTGS itachukua malipo haya 2026-12-28."
        assert fault_words.spoken("Said by a %(rail)s, 5 % of it.") == "Said by a %(rail)s, 5 % of it."
        assert fault_words.spoken(listed) != listed
