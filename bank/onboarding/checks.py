"""What an answer must be. Each task has its checks; all faults are told at once, each with its remedy.

``check`` takes what was typed and returns what may be kept; nothing is kept where anything is wrong.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext_noop as _

from bank.kernel import clock, spelling
from bank.kernel.errors import BankError
from bank.kernel.money import parse_amount
from bank.onboarding import rules, wording
from bank.onboarding.errors import UnusableAnswers
from bank.onboarding.rules import PartyKind, PartyRole, Signing, Task

Answers: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[Any], Any]

_KRA_PIN: Final = re.compile(r"[AP][0-9]{9}[A-Z]")
_ID_NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9/-]{4,19}")
_REGISTRATION: Final = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{2,39}")
_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\\]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_EMAIL_ASKED: Final = _("Enter an e-mail address, such as amina@example.com.")
_OLDEST: Final = 130
_OLDEST_FIRM: Final = date(1600, 1, 1)


class Unfit(ValueError):
    """One answer cannot be used; the text says how to put it right."""


def check(task: str, given: Mapping[str, Any]) -> Answers:
    """What may be kept of the answers to a task's questions. Raises ``UnusableAnswers``."""
    return _checked(_FIELDS[Task(task)], given, _TOGETHER.get(Task(task), _nothing))


def check_party(given: Mapping[str, Any]) -> Answers:
    """A director or owner. Raises ``UnusableAnswers``."""
    is_person = given.get("kind") != PartyKind.ORGANISATION
    name = _asked(_("Enter the full name as in the document."), _name(140) if is_person else _line(140))
    return _checked({**_PARTY, "name": name}, given, _party_together)


def email(text: Any) -> str:
    """An e-mail address in lower case. Raises ``UnusableAnswers`` under the name ``email``."""
    return str(_checked({"email": _asked(_EMAIL_ASKED, _email)}, {"email": text}, _nothing)["email"])


def full_name(text: Any) -> str:
    """The name of a person who signs in. Raises ``UnusableAnswers`` under the name ``full_name``."""
    return str(
        _checked(
            {"full_name": _asked(_("Enter your full name."), _name(140))}, {"full_name": text}, _nothing
        )["full_name"]
    )


def _checked(
    fields: Mapping[str, Check], given: Mapping[str, Any], together: Callable[[Answers], dict[str, str]]
) -> Answers:
    kept: Answers = {}
    faults: dict[str, str] = {}
    for name, fits in fields.items():
        try:
            kept[name] = fits(given.get(name))
        except Unfit as fault:
            faults[name] = str(fault)
    faults = {**together(kept), **faults}
    if faults:
        raise UnusableAnswers(faults)
    return kept


def _text(given: Any) -> str:
    return spelling.tidy(str(given or ""))


def _asked(says: str, fits: Check) -> Check:
    """As ``fits``, with its own words where nothing was answered."""

    def checked(given: Any) -> Any:
        if given is None or not _text(given):
            raise Unfit(says)
        return fits(given)

    return checked


def _optional(fits: Check) -> Check:
    def checked(given: Any) -> Any:
        return fits(given) if given is not None and _text(given) else ""

    return checked


def _name(longest: int) -> Check:
    return _spelled(spelling.name_fault, longest)


def _line(longest: int) -> Check:
    return _spelled(spelling.line_fault, longest)


def _spelled(fault_of: Callable[[str], spelling.Fault | None], longest: int) -> Check:
    def checked(given: Any) -> str:
        text = _text(given)
        if not text:
            raise Unfit(_("Fill this in."))
        fault = fault_of(text)
        if fault is not None:
            raise Unfit(wording.FAULTS[fault])
        if len(text) > longest:
            raise Unfit(_("Shorten this; it is longer than an account statement can show."))
        return text

    return checked


def _one_of(known: Any) -> Check:
    def checked(given: Any) -> str:
        if given not in known:
            raise Unfit(_("Choose one of the answers offered."))
        return str(given)

    return checked


def _matching(pattern: re.Pattern[str], says: str) -> Check:
    def checked(given: Any) -> str:
        text = "".join(_text(given).upper().split()) if pattern is not _REGISTRATION else _text(given).upper()
        if not pattern.fullmatch(text):
            raise Unfit(says)
        return text

    return checked


def _day(given: Any) -> str:
    try:
        return (given if isinstance(given, date) else date.fromisoformat(_text(given))).isoformat()
    except ValueError:
        raise Unfit(_("Enter a day, such as 19/11/2026.")) from None


def _birth(given: Any) -> str:
    born, today = date.fromisoformat(_day(given)), clock.today()
    if born >= today or born.year < today.year - _OLDEST:
        raise Unfit(_("Enter the day of birth as it stands in the identity document."))
    return born.isoformat()


def _own_birth(given: Any) -> str:
    born = _birth(given)
    if not rules.is_adult(date.fromisoformat(born), clock.today()):
        raise Unfit(
            _("You must be 18 to open an account yourself. A parent can open one for you at a branch.")
        )
    return born


def _founded(given: Any) -> str:
    day = date.fromisoformat(_day(given))
    if not _OLDEST_FIRM <= day <= clock.today():
        raise Unfit(_("Enter the day of registration as it stands in the certificate."))
    return day.isoformat()


def _phone(given: Any) -> str:
    digits = re.sub(r"[\s().-]", "", _text(given))
    digits = f"+254{digits[1:]}" if re.fullmatch(r"0[17][0-9]{8}", digits) else digits
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}", digits):
        raise Unfit(_("Enter the number with its country, such as +254 712 345 678."))
    return digits


def _email(given: Any) -> str:
    text = _text(given).lower()
    if len(text) > 254 or not _EMAIL.fullmatch(text) or ".." in text:
        raise Unfit(_EMAIL_ASKED)
    return text


def _share(given: Any) -> str:
    text = _text(given).rstrip("%").strip().replace(",", ".")
    try:
        share = Decimal(text or "0")
    except InvalidOperation:
        raise Unfit(_("Enter the share in per cent, such as 33.33.")) from None
    if not share.is_finite() or not 0 <= share <= 100 or share != share.quantize(Decimal("0.01")):
        raise Unfit(_("Enter a share between 0 and 100 per cent, with two decimals at most."))
    return str(share.quantize(Decimal("0.01")))


def _amount(given: Any) -> str:
    try:
        amount = parse_amount(_text(given), "KES")
    except BankError as error:
        raise Unfit(str(error.params.get("problem") or error.message)) from None
    if not amount.is_positive:
        raise Unfit(_("Enter an amount above zero."))
    return str(amount.amount)


def _accepted(given: Any) -> str:
    if given not in (True, "YES", "on"):
        raise Unfit(_("Tick the box if you accept the agreement; without it we cannot open an account."))
    return "YES"


_yes_no = _asked(_("Answer yes or no."), _one_of(wording.YES_NO))
_country = _asked(_("Choose a country."), _one_of(wording.COUNTRIES))
_FIELDS: Final[dict[Task, dict[str, Check]]] = {
    Task.IDENTITY: {
        "given_names": _asked(_("Enter your given names as in your identity document."), _name(100)),
        "family_name": _asked(_("Enter your family name as in your identity document."), _name(60)),
        "birth_date": _asked(_("Enter your date of birth."), _own_birth),
        "nationality": _country,
        "id_kind": _asked(_("Choose the document you identify yourself with."), _one_of(wording.ID_KINDS)),
        "id_number": _asked(
            _("Enter the number of your identity document."),
            _matching(_ID_NUMBER, _("Enter the number as printed: 5 to 20 letters and digits.")),
        ),
        "phone": _asked(_("Enter a phone number we can reach you at."), _phone),
    },
    Task.ADDRESS: {
        "street": _asked(_("Enter street and house, or the plot."), _line(140)),
        "town": _asked(_("Enter the town or village."), _line(60)),
        "postal_code": _optional(_line(16)),
        "country": _country,
    },
    Task.TAX: {
        "tax_country": _country,
        "tax_number": _asked(
            _("Enter your tax number. In Kenya it is your KRA PIN."),
            _matching(_ID_NUMBER, _("Enter the number as printed: 5 to 20 letters and digits.")),
        ),
        "us_person": _yes_no,
        "other_residence": _yes_no,
        "other_country": _optional(_one_of(wording.COUNTRIES)),
        "other_tax_number": _optional(
            _matching(_ID_NUMBER, _("Enter the number as printed: 5 to 20 letters and digits."))
        ),
    },
    Task.OCCUPATION: {
        "employment": _asked(_("Choose what describes you best."), _one_of(wording.EMPLOYMENT)),
        "occupation": _asked(_("Enter what you do, such as teacher or trader."), _line(60)),
        "employer": _optional(_line(140)),
        "funds": _asked(_("Choose where most of the money will come from."), _one_of(wording.FUNDS)),
        "income": _asked(_("Choose the range that comes nearest."), _one_of(wording.INCOMES)),
        "exposed": _yes_no,
    },
    Task.ORGANISATION: {
        "registered_name": _asked(_("Enter the name as in the certificate of registration."), _line(140)),
        "trading_name": _optional(_line(140)),
        "registration_number": _asked(
            _("Enter the registration number."),
            _matching(_REGISTRATION, _("Enter the number as printed: letters, digits, hyphens and slashes.")),
        ),
        "registered_on": _asked(_("Enter the day of registration."), _founded),
        "legal_form": _asked(_("Choose the legal form."), _one_of(wording.LEGAL_FORMS)),
        "country": _country,
        "sector": _asked(_("Choose what the organisation does."), _one_of(wording.SECTORS)),
        "turnover": _asked(_("Choose the range that comes nearest."), _one_of(wording.TURNOVERS)),
        "tax_number": _asked(
            _("Enter the tax number of the organisation. In Kenya it is its KRA PIN."),
            _matching(_ID_NUMBER, _("Enter the number as printed: 5 to 20 letters and digits.")),
        ),
    },
    Task.OFFICE: {
        "street": _asked(_("Enter street and house, or the plot."), _line(140)),
        "town": _asked(_("Enter the town or village."), _line(60)),
        "postal_code": _optional(_line(16)),
        "country": _country,
        "phone": _asked(_("Enter a phone number we can reach you at."), _phone),
        "email": _asked(_("Enter an e-mail address for letters to the organisation."), _email),
    },
    Task.SIGNING: {
        "rule": _asked(_("Choose how the organisation signs."), _one_of(wording.SIGNING)),
        "limit": _optional(_amount),
    },
    Task.PRODUCT: {
        "product": _asked(_("Choose an account."), _line(30)),
        "currency": _asked(
            _("Choose a currency."), _matching(re.compile("[A-Z]{3}"), _("Choose a currency."))
        ),
    },
    Task.AGREEMENT: {"accepted": _accepted},
}
_PARTY: Final[dict[str, Check]] = {
    "kind": _asked(_("Say whether this is a person or an organisation."), _one_of(wording.PARTY_KINDS)),
    "role": _asked(_("Choose what they are to the organisation."), _one_of(wording.PARTY_ROLES)),
    "name": _line(140),
    "birth_date": _optional(_birth),
    "country": _country,
    "id_number": _asked(
        _("Enter the number of the identity document, or the registration number."),
        _matching(_ID_NUMBER, _("Enter the number as printed: 5 to 20 letters and digits.")),
    ),
    "share_pct": _share,
    "is_exposed": _yes_no,
    "is_signatory": _yes_no,
    "email": _optional(_email),
}


def _nothing(_kept: Answers) -> dict[str, str]:
    return {}


def _identity_together(kept: Answers) -> dict[str, str]:
    is_card = kept.get("id_kind") == "NATIONAL_ID" and kept.get("nationality") == "KE"
    if is_card and not re.fullmatch(r"[0-9]{6,9}", kept.get("id_number", "")):
        return {"id_number": _("A Kenyan identity card has a number of 6 to 9 digits.")}
    return {}


def _tax_together(kept: Answers) -> dict[str, str]:
    faults = {}
    if kept.get("tax_country") == "KE" and not _KRA_PIN.fullmatch(kept.get("tax_number", "")):
        faults["tax_number"] = _("A KRA PIN has a letter, nine digits and a letter, such as A123456789B.")
    if kept.get("other_residence") == "YES":
        if not kept.get("other_country"):
            faults["other_country"] = _("Choose the other country you are resident in for tax.")
        if not kept.get("other_tax_number"):
            faults["other_tax_number"] = _("Enter your tax number of that country.")
    return faults


def _occupation_together(kept: Answers) -> dict[str, str]:
    if kept.get("employment") == "EMPLOYED" and not kept.get("employer"):
        return {"employer": _("Enter who employs you.")}
    return {}


def _organisation_together(kept: Answers) -> dict[str, str]:
    if kept.get("country") == "KE" and not _KRA_PIN.fullmatch(kept.get("tax_number", "")):
        return {"tax_number": _("A KRA PIN has a letter, nine digits and a letter, such as P123456789B.")}
    return {}


def _signing_together(kept: Answers) -> dict[str, str]:
    if kept.get("rule") == Signing.TOGETHER_ABOVE and not kept.get("limit"):
        return {"limit": _("Enter the amount from which on two sign together.")}
    return {}


def _party_together(kept: Answers) -> dict[str, str]:
    faults = {}
    is_person, role = kept.get("kind") == PartyKind.PERSON, kept.get("role")
    if is_person and not kept.get("birth_date"):
        faults["birth_date"] = _("Enter the date of birth.")
    if role in (PartyRole.OWNER, PartyRole.DIRECTOR_OWNER) and Decimal(kept.get("share_pct", "0")) == 0:
        faults["share_pct"] = _("Enter the share this owner holds.")
    if role == PartyRole.DIRECTOR and Decimal(kept.get("share_pct", "0")) > 0:
        faults["role"] = _("Who holds a share is an owner; choose so, or leave the share empty.")
    if not is_person and role in (PartyRole.DIRECTOR, PartyRole.DIRECTOR_OWNER):
        faults["role"] = _("Only persons are directors here; choose owner.")
    if not is_person and kept.get("is_signatory") == "YES":
        faults["is_signatory"] = _("Only persons sign; add the person who signs for it.")
    if kept.get("is_signatory") == "YES" and not kept.get("email"):
        faults["email"] = _("Enter an e-mail address: we invite signatories to the portal.")
    return faults


_TOGETHER: Final[dict[Task, Callable[[Answers], dict[str, str]]]] = {
    Task.IDENTITY: _identity_together,
    Task.TAX: _tax_together,
    Task.OCCUPATION: _occupation_together,
    Task.ORGANISATION: _organisation_together,
    Task.SIGNING: _signing_together,
}


def asked() -> frozenset[str]:
    """The tasks that are one page of questions; people and documents are lists."""
    return frozenset(_FIELDS)


def questions(task: str) -> list[str]:
    """The names of a task's questions, in order."""
    return list(_FIELDS[Task(task)])


PARTY_QUESTIONS: Final = tuple(_PARTY)
