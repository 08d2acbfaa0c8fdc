"""Two checkers at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.workflows import services
from bank.workflows.models import Command
from tests.workflows.conftest import NAME, Rename, Things, employ


@pytest.mark.django_db(transaction=True)
def test_of_many_checkers_at_once_one_decides(things: Things, maker: User, checker: User) -> None:
    checkers = [checker, *(employ(f"checker{n}", "COMPLIANCE") for n in range(5))]
    command = services.propose(kind=NAME, payload=Rename("one", "New"), reason="Asked to", maker=maker)

    def decide(who: User) -> str:
        try:
            return services.approve(command=command, checker=who).state
        except BankError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(decide, checkers))
    assert answers == ["APPROVED", *["COMMAND_DECIDED"] * 5]
    assert len(things.deeds) == 1
    assert Command.objects.get().state == "APPROVED"
