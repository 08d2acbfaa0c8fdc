"""What scopes and consents mean, in the words a customer decides by."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bank.access.models import Consent
from bank.access.rules import Scope
from bank.runtime import formats

SCOPES = {
    Scope.ACCOUNTS_READ: _("See the accounts and their balances"),
    Scope.STATEMENTS_READ: _("See what came in and went out, and fetch statements"),
    Scope.PAYMENTS_READ: _("See the payments sent from the accounts"),
    Scope.PAYMENTS_CREATE: _("Prepare payments: each still needs a code, or a permit given before"),
    Scope.FILES_READ: _("See payment files and their results"),
    Scope.FILES_CREATE: _("Send in payment files: paying one still needs a code, or a permit given before"),
    Scope.EXPENSES_READ: _("See the expenses people claimed, with their receipts"),
    Scope.EXPENSES_MANAGE: _("Claim expenses, decide on them and put them into payment files"),
    Scope.WEBHOOKS_READ: _("See the webhooks and what they were told"),
    Scope.WEBHOOKS_MANAGE: _("Make, change and end webhooks, and have them told again"),
}

#: What the rules of apps and keys say; they know no other language.
PROBLEMS = (
    gettext_noop("Give it a name of 1 to 80 letters."),
    gettext_noop("Give at least one redirect address."),
    gettext_noop("Give at most 10 redirect addresses."),
    gettext_noop("Give at most 20 addresses."),
    gettext_noop("Choose at least one of the scopes offered."),
    gettext_noop("An app that gets tokens without a person must keep a secret."),
    gettext_noop("This app keeps no secret."),
    gettext_noop("A key ends on a day to come, a year away at most."),
    gettext_noop("Choose at least one account."),
    gettext_noop("it has letters that do not belong into an address, or too many."),
    gettext_noop("it cannot be read."),
    gettext_noop("it must begin with https://."),
    gettext_noop(
        "only http://127.0.0.1 and http://[::1], for programs on a person's own machine, go without TLS."
    ),
    gettext_noop("it may hold no fragment, no user name and no asterisk."),
)


def spoken(scopes: list[str]) -> list[str]:
    """The scopes in words, in the order they are kept."""
    return [str(SCOPES[Scope(scope)]) for scope in scopes]


def consent(given: Consent, *, of_customer: int | None = None) -> dict[str, Any]:
    """A consent as a list shows it; with a customer named, that customer's accounts alone."""
    accounts = [one for one in given.accounts.all() if of_customer in {None, one.customer_id}]
    return {
        "consent": given,
        "scopes": spoken(given.scopes),
        "accounts": [f"{one.label} · {formats.account_number(one.number)}" for one in accounts],
    }
