"""What the name check found, said as a warning before something is confirmed."""

from django.utils.translation import gettext

from bank.payments.rules import NameCheck

Warning_ = tuple[str, str, str]


def warnings(found: str, hint: str) -> tuple[Warning_, ...]:
    """A warning (tone, title, sentence) unless the name matches."""
    if found == NameCheck.MATCH:
        return ()
    if found == NameCheck.CLOSE_MATCH:
        says = gettext("The account is held by %(name)s. If that is not whom you mean, do not send.")
        return (("danger", gettext("The name is close, but not the same"), says % {"name": hint}),)
    if found == NameCheck.NO_MATCH:
        says = gettext(
            "The account belongs to someone else than you wrote. Ask the payee again before you send."
        )
        return (("danger", gettext("The name does not match the account"), says),)
    says = gettext("Make sure of the account number before you send.")
    return (("danger", gettext("The name could not be checked"), says),)
