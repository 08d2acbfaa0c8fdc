"""The words for codes: what may be chosen, and what pages and staff call things."""

from typing import Final

from babel import Locale
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bank.kernel.spelling import Fault
from bank.onboarding.rules import PartyKind, PartyRole, Signing, Task
from bank.runtime import formats

TASKS: Final = {
    Task.IDENTITY: _("Who you are"),
    Task.ADDRESS: _("Where you live"),
    Task.TAX: _("Tax"),
    Task.OCCUPATION: _("Work and source of funds"),
    Task.ORGANISATION: _("The organisation"),
    Task.OFFICE: _("Registered office"),
    Task.PEOPLE: _("Directors and owners"),
    Task.SIGNING: _("Who signs, and how"),
    Task.DOCUMENTS: _("Documents"),
    Task.PRODUCT: _("Account"),
    Task.AGREEMENT: _("Agreement"),
}
ID_KINDS: Final = {
    "NATIONAL_ID": _("National identity card"),
    "PASSPORT": _("Passport"),
    "ALIEN_ID": _("Foreigner certificate"),
}
EMPLOYMENT: Final = {
    "EMPLOYED": _("Employed"),
    "SELF_EMPLOYED": _("Self-employed"),
    "STUDENT": _("Student"),
    "RETIRED": _("Retired"),
    "NOT_WORKING": _("Not working at present"),
}
FUNDS: Final = {
    "SALARY": _("Salary or wages"),
    "BUSINESS": _("Income of a business"),
    "PENSION": _("Pension"),
    "SAVINGS": _("Savings"),
    "FAMILY": _("Support by family"),
    "INHERITANCE": _("Inheritance"),
    "PROPERTY": _("Rent or sale of property"),
    "GIFT": _("Gift"),
    "OTHER": _("Something else"),
}
INCOMES: Final = {
    "UNDER_50K": _("Up to KES 50,000 a month"),
    "UNDER_200K": _("KES 50,000 to 200,000 a month"),
    "UNDER_1M": _("KES 200,000 to 1,000,000 a month"),
    "OVER_1M": _("More than KES 1,000,000 a month"),
}
TURNOVERS: Final = {
    "UNDER_5M": _("Up to KES 5 million a year"),
    "UNDER_100M": _("KES 5 million to 100 million a year"),
    "UNDER_1B": _("KES 100 million to 1 billion a year"),
    "OVER_1B": _("More than KES 1 billion a year"),
}
LEGAL_FORMS: Final = {
    "SOLE": _("Sole proprietor"),
    "PARTNERSHIP": _("Partnership"),
    "LTD": _("Private limited company"),
    "PLC": _("Public limited company"),
    "COOPERATIVE": _("Co-operative"),
    "SOCIETY": _("Society or association"),
    "TRUST": _("Trust or foundation"),
    "NGO": _("Non-governmental organisation"),
}
SECTORS: Final = {
    "AGRICULTURE": _("Agriculture"),
    "MANUFACTURING": _("Manufacturing"),
    "CONSTRUCTION": _("Construction"),
    "RETAIL": _("Retail and wholesale"),
    "HOSPITALITY": _("Hotels and restaurants"),
    "TRANSPORT": _("Transport"),
    "TECHNOLOGY": _("Technology"),
    "SERVICES": _("Professional services"),
    "HEALTH": _("Health and education"),
    "NON_PROFIT": _("Charity"),
    "CASH": _("Another trade that takes mostly cash"),
    "GAMBLING": _("Betting and gaming"),
    "PRECIOUS_METALS": _("Precious metals and stones"),
    "MONEY_SERVICES": _("Exchange and money transfer"),
    "CRYPTO": _("Virtual assets"),
    "OTHER": _("Something else"),
}
PARTY_KINDS: Final = {
    PartyKind.PERSON.value: _("A person"),
    PartyKind.ORGANISATION.value: _("An organisation"),
}
PARTY_ROLES: Final = {
    PartyRole.DIRECTOR.value: _("Director"),
    PartyRole.OWNER.value: _("Owner"),
    PartyRole.DIRECTOR_OWNER.value: _("Director and owner"),
}
SIGNING: Final = {
    Signing.ALONE.value: _("Each signatory alone"),
    Signing.TOGETHER.value: _("Two signatories together"),
    Signing.TOGETHER_ABOVE.value: _("Alone up to an amount, two together above it"),
}
YES_NO: Final = {"NO": _("No"), "YES": _("Yes")}
DOCUMENTS: Final = {
    "IDENTITY": _("Identity document"),
    "ADDRESS": _("Proof of address"),
    "REGISTRATION": _("Certificate of registration"),
    "OWNERSHIP": _("Register of directors and owners"),
    "RESOLUTION": _("Board resolution to open the account"),
    "OTHER": _("Another document"),
}
DOCUMENT_HINTS: Final = {
    "IDENTITY": _("The page with your photograph, all four corners in the picture."),
    "ADDRESS": _("A bill, a lease or a letter with your name and address, not older than three months."),
    "REGISTRATION": _("As the registrar issued it."),
    "OWNERSHIP": _("Such as a CR12, not older than three months."),
    "RESOLUTION": _("Signed, with the names of the signatories."),
    "OTHER": _("Whatever helps us to understand the application."),
}
CHECKLIST: Final = {
    "IDENTITY_SEEN": _("The identity document is genuine, valid, and says what was answered"),
    "ADDRESS_SEEN": _("The proof of address is recent and says what was answered"),
    "SCREENING_READ": _("The result of screening was read, every possible match looked into"),
    "FUNDS_PLAUSIBLE": _("Occupation, income and source of funds fit together"),
    "REGISTER_SEEN": _("The organisation is in the register as answered"),
    "OWNERS_TRACED": _("The owners are traced to natural persons, shares as in the register"),
    "SIGNATORIES_SEEN": _("Every signatory is identified and entitled to sign"),
    "RESOLUTION_SEEN": _("The board resolution names the account and the signatories"),
}
#: By the code of the rule of the rating that counted; ``bank.cif.rating`` says which there are.
RISK_REASONS: Final = {
    "SCREENING_HIT": _("A name is on a sanctions or PEP list"),
    "SCREENING_POSSIBLE": _("A name may be on a sanctions or PEP list"),
    "NOT_SCREENED": _("The names were not compared with the lists yet"),
    "PEP": _("A politically exposed person takes part"),
    "PEP_PARTY": _("A politically exposed person takes part"),
    "COUNTRY_CALL_FOR_ACTION": _("A country under a call for action takes part"),
    "COUNTRY_MONITORED": _("A country under increased monitoring takes part"),
    "COUNTRY_ABROAD": _("Tax residence or address abroad"),
    "SECTOR_SENSITIVE": _("The trade is often misused for laundering money"),
    "SECTOR_CASH": _("The trade takes mostly cash"),
    "PRODUCT_SENSITIVE": _("The product moves large sums"),
    "FUNDS_UNUSUAL": _("The source of funds is unusual"),
    "CHANNEL_REMOTE": _("Nobody of the bank has met them"),
    "NEW_RELATIONSHIP": _("The relationship is new"),
}
STEPS: Final = {
    "BEGUN": _("Begun"),
    "SUBMITTED": _("Sent by the applicant"),
    "TAKEN": _("Taken"),
    "NOTE": _("Note"),
    "MORE_ASKED": _("More was asked for"),
    "RECOMMENDED": _("Recommended"),
    "SENT_BACK": _("Sent back by the second person"),
    "APPROVED": _("Approved"),
    "REJECTED": _("Rejected"),
    "WITHDRAWN": _("Withdrawn by the applicant"),
    "EXPIRED": _("Expired"),
}
#: What is wrong with a text, and how to put it right.
FAULTS: Final = {
    Fault.INVISIBLE: gettext_noop(
        "Type this by hand instead of pasting it: it has invisible or direction-changing characters."
    ),
    Fault.MARKUP: gettext_noop("Leave out brackets and other signs such as < > { } [ ]."),
    Fault.FORMULA: gettext_noop("Begin with a letter or a digit, not with = + - or @."),
    Fault.SCRIPTS: gettext_noop("Use letters of one alphabet: some of these only look like the others."),
    Fault.MARKS: gettext_noop("Leave out the many accents over one letter."),
    Fault.LETTERS: gettext_noop("Use letters, blanks, hyphens and apostrophes, beginning with a letter."),
}
COUNTRIES: Final = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
)

LABELS: Final = {
    "given_names": _("Given names"),
    "family_name": _("Family name"),
    "birth_date": _("Date of birth"),
    "nationality": _("Nationality"),
    "id_kind": _("Identity document"),
    "id_number": _("Number of the document"),
    "phone": _("Phone"),
    "street": _("Street and house"),
    "town": _("Town"),
    "postal_code": _("Postal code"),
    "country": _("Country"),
    "tax_country": _("Where are you resident for tax?"),
    "tax_number": _("Tax number (in Kenya the KRA PIN)"),
    "us_person": _("Are you a citizen or tax resident of the United States?"),
    "other_residence": _("Are you resident for tax in another country too?"),
    "other_country": _("The other country"),
    "other_tax_number": _("Tax number there"),
    "employment": _("What describes you best?"),
    "occupation": _("Occupation"),
    "employer": _("Employer"),
    "funds": _("Where will most of the money come from?"),
    "income": _("Income"),
    "exposed": _("Do you, or somebody close to you, hold high public office?"),
    "registered_name": _("Registered name"),
    "trading_name": _("Trading name"),
    "registration_number": _("Registration number"),
    "registered_on": _("Registered on"),
    "legal_form": _("Legal form"),
    "sector": _("What the organisation does"),
    "turnover": _("Turnover"),
    "email": _("E-mail address"),
    "rule": _("How does the organisation sign?"),
    "limit": _("Two sign above (KES)"),
    "product": _("Account"),
    "currency": _("Currency"),
    "accepted": _("I have read the agreement and accept it"),
    "kind": _("Who is it?"),
    "role": _("What are they to the organisation?"),
    "name": _("Full name"),
    "share_pct": _("Share in per cent"),
    "is_exposed": _("Do they, or somebody close to them, hold high public office?"),
    "is_signatory": _("Do they sign for the organisation?"),
}
HINTS: Final = {
    "given_names": _("All of them, as in your identity document."),
    "id_number": _("As printed, without blanks."),
    "phone": _("Such as 0712 345 678 or +254 712 345 678."),
    "us_person": _("The law (FATCA) has us ask."),
    "other_residence": _("The Common Reporting Standard has us ask."),
    "exposed": _("Such as a minister, judge, general or member of parliament, now or in the last year."),
    "is_exposed": _("Such as a minister, judge, general or member of parliament, now or in the last year."),
    "employer": _("Only if you are employed."),
    "share_pct": _("Of capital or votes, whichever is more. Empty for a director without a share."),
    "limit": _("Only where two sign together above an amount."),
    "other_country": _("Only if you answered yes."),
    "other_tax_number": _("Only if you answered yes."),
    "trading_name": _("If it differs from the registered name."),
}
CHOICES: Final = {
    "id_kind": ID_KINDS,
    "employment": EMPLOYMENT,
    "funds": FUNDS,
    "income": INCOMES,
    "turnover": TURNOVERS,
    "legal_form": LEGAL_FORMS,
    "sector": SECTORS,
    "rule": SIGNING,
    "us_person": YES_NO,
    "other_residence": YES_NO,
    "exposed": YES_NO,
    "is_exposed": YES_NO,
    "is_signatory": YES_NO,
    "kind": PARTY_KINDS,
    "role": PARTY_ROLES,
}
COUNTRY_FIELDS: Final = frozenset({"nationality", "country", "tax_country", "other_country"})
DAY_FIELDS: Final = frozenset({"birth_date", "registered_on"})
OPTIONAL: Final = frozenset(
    {"postal_code", "other_country", "other_tax_number", "employer", "trading_name", "limit"}
)


def countries() -> list[tuple[str, str]]:
    """Country codes with their names in the reader's language, in its order, the bank's own first."""
    named = [(code, str(name)) for code, name in formats.locale().territories.items() if code in COUNTRIES]
    return sorted(named, key=lambda one: (one[0] != formats.TERRITORY, one[1]))


def country(code: str) -> str:
    """The name of a country in the reader's language."""
    return str(formats.locale().territories.get(code) or code)
