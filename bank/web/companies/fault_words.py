"""What is wrong with a line of a payment file, in the reader's language.

Faults are kept in English, as they were found; those that name a sum, a day or a line are known by
their form.
"""

import re
from typing import Final

from django.utils.translation import gettext, gettext_noop

SENTENCES: Final = (
    gettext_noop("Debtor and creditor are the same account."),
    gettext_noop("Give the amount in the currency it is paid in (InstdAmt, not EqvtAmt)."),
    gettext_noop("Enter the name of the person or company you pay."),
    gettext_noop("Name the account the file is paid from."),
    gettext_noop("All debtor accounts of a file must belong to one customer."),
    gettext_noop("Name the payee's bank by its BIC or code."),
    gettext_noop("No account of the bank has this payment address (VPA). Name the payee's bank besides."),
    gettext_noop("The amount cannot be read."),
    gettext_noop("The amount is missing."),
    gettext_noop("The amount must be above zero."),
    gettext_noop("The bank pays transfers (TRF) only, no cheques."),
    gettext_noop("The creditor's account cannot receive payments."),
    gettext_noop("The creditor's account is closed."),
    gettext_noop("The debtor account is closed."),
    gettext_noop("The debtor account is frozen or dormant."),
    gettext_noop("The file has no row below its heading."),
    gettext_noop("The requested day has not come. Send the file on that day."),
    gettext_noop("There is no account with this number at the bank."),
    gettext_noop("This is a payment address (VPA), not a bank. Write it as the payee's account."),
    gettext_noop("This is not a BIC: eight or eleven letters and digits, the fifth and sixth a country."),
    gettext_noop("This is not a payment address (VPA). Write it as name@bank."),
    gettext_noop("This is not an IFSC: four letters, a zero, six letters or digits, as HDFC0000001."),
    gettext_noop("This is not an account you may pay from."),
    gettext_noop("This is not the routing number of an American bank: its digits do not add up."),
    gettext_noop("Write the amount in digits with a point before the decimals: 1250.50."),
    gettext_noop("Write the requested day as 2026-01-31."),
)
FORMS: Final = (
    gettext_noop("%(place)s states %(stated)s payments (NbOfTxs), the file holds %(found)s."),
    gettext_noop("%(place)s states the sum %(stated)s (CtrlSum), the file holds %(found)s."),
    gettext_noop("A file with this message id was taken on %(day)s as %(file)s."),
    gettext_noop("At most %(most)s characters go here; there are %(found)s."),
    gettext_noop("Cell %(cell)s holds a formula. Write its value."),
    gettext_noop("Cell %(cell)s holds a character that cannot be read."),
    gettext_noop("Row %(row)s has %(found)s columns, the heading %(wanted)s: it may have been cut off."),
    gettext_noop(
        "Row %(row)s has %(found)s columns, the heading %(wanted)s."
        " Put quotes around values that hold the delimiter."
    ),
    gettext_noop("The amounts of this file are written as %(example)s; this one is not."),
    gettext_noop("Write the amount alone, as %(example)s; the currency has a column of its own."),
    gettext_noop("Write the amount in full, as %(example)s, without an exponent."),
    gettext_noop(
        "Write the amount in the digits 0 to 9, as %(example)s; these are digits of another script."
    ),
    gettext_noop("%(currency)s is not a currency the bank knows."),
    gettext_noop("A single payment may be at most %(sum)s."),
    gettext_noop("A single payment of a file may be at most %(sum)s this way."),
    gettext_noop("Line %(line)s is the same payment: same accounts, amount, end-to-end id and text."),
    gettext_noop("No bank known here has the IFSC %(number)s. Check it with the payee."),
    gettext_noop(
        "No bank with the number %(number)s is known here. Check the BIC or bank code with the payee."
    ),
    gettext_noop("The bank looks at this payment before it leaves. %(why)s"),
    gettext_noop("The bank has no rail for %(bank)s in %(currency)s."),
    gettext_noop("The bank has set no limit for payments in %(currency)s, so it makes none."),
    gettext_noop("The creditor's name %(fits)s the name on the account. Check it before you pay."),
    gettext_noop("The payment is in %(currency)s, the %(whose)s's account in %(other)s."),
    gettext_noop("The requested day is past; the payment is made on %(day)s instead."),
    gettext_noop("Today is %(why)s: %(rail)s takes this payment on %(day)s."),
)
GAPS: Final = (
    *(
        gettext_noop("The currency"),
        gettext_noop("a weekend"),
        gettext_noop("debtor"),
        gettext_noop("creditor"),
    ),
    *(gettext_noop("does not fit"), gettext_noop("is close to but not")),
    *(gettext_noop("New Year's Day"), gettext_noop("Good Friday"), gettext_noop("Easter Monday")),
    *(gettext_noop("Labour Day"), gettext_noop("Madaraka Day"), gettext_noop("Mashujaa Day")),
    *(gettext_noop("Jamhuri Day"), gettext_noop("Christmas Day"), gettext_noop("Boxing Day")),
    *(gettext_noop("Idd-ul-Fitr"), gettext_noop("Idd-ul-Azha")),
)


def _read_as(form: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(form)))


_READ: Final = [(_read_as(form), form) for form in FORMS]


def spoken(sentence: str) -> str:
    """The sentence of a fault; as it is kept where nobody has said it otherwise."""
    for read, form in _READ:
        found = read.fullmatch(sentence)
        if found is not None:
            return gettext(form) % {gap: gettext(said) for gap, said in found.groupdict().items()}
    return gettext(sentence) if sentence else ""
