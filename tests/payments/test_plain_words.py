"""What people read of banks and ways: names, no codes."""

import pytest

from bank.payments import directory
from bank.payments.models import Institution
from bank.payments.routing import Considered, in_words


def test_a_refused_way_is_named() -> None:
    most = Considered("EFT", "TOO_LARGE", "It carries payments up to KES 999,999.99.")
    assert in_words(most) == "Bank transfer carries payments up to KES 999,999.99."
    said = Considered("SWIFT", "FORMAT", "Write the name in Latin letters.")
    assert in_words(said) == "A payment abroad: Write the name in Latin letters."


@pytest.mark.django_db
def test_a_bank_is_shown_by_its_name() -> None:
    directory.seed()
    assert directory.name_of("SAVNKENA", "KE") == directory.name_of("savnkena") == "Savanna Bank"
    assert directory.name_of("01", "KE") == "Savanna Bank"
    assert directory.name_of("UNKNKENA", "KE") == "UNKNKENA"
    Institution.objects.update(is_open=False)
    assert directory.name_of("SAVNKENA", "KE") == "Savanna Bank"
    assert directory.names() == []
    Institution.objects.update(is_open=True)
    assert directory.names() == sorted(directory.names())
