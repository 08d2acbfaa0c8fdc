"""The directory of banks and operators elsewhere: who a BIC or bank code is, and where.

A demonstration bank has institutions of several countries that its sandboxes play; a real one loads
its own. What is not in the directory is not paid: a mistyped bank is found before money leaves.
"""

from typing import Final

from bank.kernel import bic
from bank.kernel.errors import InvalidBic
from bank.payments import errors
from bank.payments.models import Institution
from bank.payments.rules import Scheme

_HEAD_OFFICE: Final = "X" * 3
_BIC, _CLEARING, _MOBILE = Scheme.BIC, Scheme.CLEARING, Scheme.MOBILE

#: Name, country, then each number it goes by.
SANDBOX: Final[tuple[tuple[str, str, tuple[tuple[Scheme, str], ...]], ...]] = (
    ("Savanna Bank", "KE", ((_BIC, "SAVNKENA"), (_CLEARING, "01"))),
    ("Rift Valley Bank", "KE", ((_BIC, "RIFTKENA"), (_CLEARING, "02"))),
    ("Pwani Commercial Bank", "KE", ((_BIC, "PWANKENA"), (_CLEARING, "11"))),
    ("M-Pesa", "KE", ((_MOBILE, "MPESA"),)),
    ("Kilimanjaro Bank", "TZ", ((_BIC, "KILITZTZ"),)),
    ("Pearl Bank", "UG", ((_BIC, "PEARUGKA"),)),
    ("Deccan Bank", "IN", ((_BIC, "DECCINBB"), (_CLEARING, "DECC0000001"))),
    ("Malabar Bank", "IN", ((_BIC, "MALBINBB"), (_CLEARING, "MALB0000002"))),
    ("Hudson National Bank", "US", ((_BIC, "HUDSUS33"), (_CLEARING, "021000021"))),
    ("Lakeside Trust", "US", ((_BIC, "LAKEUS44"), (_CLEARING, "071000013"))),
    ("Thames Bank", "GB", ((_BIC, "THAMGB2L"), (_CLEARING, "200000"))),
    ("Rheinbank", "DE", ((_BIC, "RHEIDEFF"),)),
    ("Banque de la Seine", "FR", ((_BIC, "SEINFRPP"),)),
    ("Sakura Bank", "JP", ((_BIC, "SAKUJPJT"),)),
    ("Gulf Bank of Trade", "KW", ((_BIC, "GULTKWKW"),)),
    ("Table Bay Bank", "ZA", ((_BIC, "TABLZAJJ"), (_CLEARING, "051001"))),
)


def institution(agent: str, country: str = "") -> Institution:
    """The institution of a BIC (of any of its branches), bank code or operator's name.

    Raises ``AgentUnknown``; also where a bank code is used in several countries and none is given.
    """
    number = "".join(agent.split()).upper()
    known = Institution.objects.filter(number__in=_spellings(number), is_open=True)
    if country:
        known = known.filter(country=country.strip().upper())
    found = list(known[:2])
    if len(found) != 1:
        raise errors.AgentUnknown(agent=number[:35])
    return found[0]


def name_of(agent: str, country: str = "") -> str:
    """The name people know a bank by, also one no longer paid; its number where nobody knows it."""
    known = Institution.objects.filter(number__in=_spellings("".join(agent.split()).upper()))
    if country:
        known = known.filter(country=country)
    names_found = set(known.values_list("name", flat=True)[:2])
    return names_found.pop() if len(names_found) == 1 else agent


def search(text: str, country: str = "", limit: int = 20) -> list[Institution]:
    """Institutions by a part of their name, or the beginning of a number."""
    words = " ".join(text.split())
    known = Institution.objects.filter(is_open=True)
    if country:
        known = known.filter(country=country.upper())
    by_name, by_number = known.filter(name__icontains=words), known.filter(number__istartswith=words)
    return list((by_name | by_number)[:limit])


def one(typed: str, country: str = "") -> Institution:
    """The one bank that what was typed or chosen from ``names`` fits. Raises ``AgentUnknown``."""
    found = search(typed.rsplit(" · ", 1)[-1], country)
    if len({known.name for known in found}) != 1:
        raise errors.AgentUnknown(agent=typed[:35])
    return found[0]


def names(limit: int = 200) -> list[str]:
    """Banks as a list to choose from shows them, each once: ``Thames Bank · THAMGB2L``."""
    shown: dict[str, str] = {}
    for one in Institution.objects.filter(is_open=True).exclude(scheme=Scheme.MOBILE)[:limit]:
        shown.setdefault(one.name, f"{one.name} · {one.number}")
    return list(shown.values())


def countries() -> list[str]:
    """Where somebody can be paid."""
    return list(Institution.objects.filter(is_open=True).order_by("country").values_list(
        "country", flat=True).distinct())  # fmt: skip


def seed() -> None:
    """The institutions the sandboxes play; changes nothing that is there."""
    Institution.objects.bulk_create(
        (
            Institution(name=name, country=country, scheme=scheme, number=number)
            for name, country, numbers in SANDBOX
            for scheme, number in numbers
        ),
        ignore_conflicts=True,
    )


def _spellings(number: str) -> list[str]:
    """A BIC of eleven is its head office's where the branch is not listed."""
    try:
        whole = bic.validate(number)
    except InvalidBic:
        return [number]
    return [whole, whole[:8]] if len(whole) == 11 else [whole, whole + _HEAD_OFFICE]
