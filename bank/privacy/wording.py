"""What the kinds of data are called to the people they are about."""

from typing import Final

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
