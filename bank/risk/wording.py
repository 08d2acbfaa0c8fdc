"""The explanation of a match in words, for staff."""

from typing import Any

from django.utils.translation import gettext as _

from bank.risk.models import Match


def explained(match: Match) -> dict[str, Any]:
    """The parts of the score, in order, each with what it says and what it did to the score."""
    found = match.explanation
    return {
        "words": found["words"],
        "sought_left": ", ".join(found["sought_left"]),
        "listed_left": ", ".join(found["listed_left"]),
        "remarks": [_reason(code) for code in found["reasons"]],
        "parts": [
            (_("The names"), str(found["name"])),
            (_birth(found["birth"]["result"]), _points(found["birth"]["points"])),
            (_country(found["country"]["result"]), _points(found["country"]["points"])),
        ],
    }


def _points(points: int) -> str:
    return f"+{points}" if points > 0 else str(points).replace("-", "\u2212")


def _reason(code: str) -> str:
    return {
        "WORDS_DIFFER": _("Each name has a word the other lacks."),
        "MORE_WORDS": _("One name has words the other does not have."),
        "WRITTEN_TOGETHER": _("The same letters, with the spaces elsewhere."),
        "OTHER_LEGAL_FORM": _("Another legal form."),
        "NATIVE_SCRIPT": _("Compared character by character in its own script."),
        "TOO_LITTLE_SHARED": _("What they share says little."),
        "NOTHING_SHARED": _("They share no word."),
    }.get(code, code)


def _birth(result: str) -> str:
    return {
        "UNKNOWN": _("Birth: not known on both sides"),
        "SAME_DAY": _("Birth: the same day"),
        "SAME_YEARS": _("Birth: within two years"),
        "OTHER_YEARS": _("Birth: other years"),
    }[result]


def _country(result: str) -> str:
    return {
        "UNKNOWN": _("Country: not known on both sides"),
        "SAME_COUNTRY": _("Country: one in common"),
        "OTHER_COUNTRIES": _("Country: none in common"),
    }[result]
