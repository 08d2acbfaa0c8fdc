"""What the kinds of data are called: to the people they are about, and to staff."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

#: In the order they are shown; what is not here is no customer's to see.
SAID: Final = {
    "NAME": gettext_noop("Your name and date of birth"),
    "CONTACT": gettext_noop("Addresses, phone numbers and e-mail addresses"),
    "IDENTITY_DOCUMENT": gettext_noop("Numbers of your identity documents"),
    "DOCUMENT": gettext_noop("Documents and pictures you gave us"),
    "RELATED_PARTY": gettext_noop("People related to you"),
    "PROFILE": gettext_noop("Occupation and source of funds"),
    "SCREENING": gettext_noop("Comparisons with sanctions lists"),
    "APPLICATION": gettext_noop("What you answered to become a customer"),
    "USER": gettext_noop("How you sign in, and from where you did"),
    "CASE": gettext_noop("Messages and complaints"),
    "NOTE": gettext_noop("Notes of our staff"),
    "PAYEE": gettext_noop("Payees you kept"),
    "STATEMENT": gettext_noop("Files of statements and certificates"),
    "NOTICE": gettext_noop("Notices we sent you"),
    "CHEQUE": gettext_noop("Names and reasons on cheques"),
    "RECEIPT": gettext_noop("Receipts and bills you gave us"),
    "WORDS": gettext_noop("Names and words in our record of who did what"),
    "BOOKS": gettext_noop("Accounts, bookings and payments"),
    "AUDIT": gettext_noop("Who did what, and when"),
}

#: What staff call them.
NAMED: Final = {
    "NAME": _("Name and date of birth"),
    "CONTACT": _("Addresses, phones and e-mail"),
    "IDENTITY_DOCUMENT": _("Numbers of identity documents"),
    "DOCUMENT": _("Documents handed in"),
    "RELATED_PARTY": _("Related parties"),
    "PROFILE": _("Occupation, funds, names of accounts"),
    "SCREENING": _("Names in screenings"),
    "APPLICATION": _("Answers of the application"),
    "USER": _("Sign-in and devices"),
    "CASE": _("Words of cases"),
    "NOTE": _("Notes"),
    "PAYEE": _("Payees"),
    "STATEMENT": _("Files of statements"),
    "NOTICE": _("Notices"),
    "CHEQUE": _("Names on cheques"),
    "RECEIPT": _("Receipts and bills"),
    "WORDS": _("Words of the audit trail"),
    "REFUSED_APPLICATION": _("Applications the bank refused"),
    "ABANDONED_APPLICATION": _("Applications given up"),
}


def named(kind: str) -> str:
    """A kind of data in words, for staff."""
    return str(NAMED.get(kind, kind.replace("_", " ").capitalize()))
