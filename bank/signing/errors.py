"""What signatories are refused, in order of precedence."""

from bank.kernel.errors import BankError


class TooFewSignatories(BankError):
    code = "TOO_FEW_SIGNATORIES"
    sentence = (
        "This needs {needed} signatures, and only {there} people may sign for it."
        " Invite another signatory, or have the signing rule changed."
    )
    status = 409


class SignatoriesMissing(BankError):
    code = "SIGNATORIES_MISSING"
    sentence = (
        "This needs the signatures {needed}, and the company has not so many signatories of these classes."
        " Have somebody's signature class or the signing rule changed."
    )
    status = 409


class ApprovalDecided(BankError):
    code = "APPROVAL_DECIDED"
    sentence = "This is {state} already; nothing can be changed about it."
    status = 409


class ApprovalExpired(BankError):
    code = "APPROVAL_EXPIRED"
    sentence = "The time to sign this is over. Ask whoever made it to begin again."
    status = 409


class AlreadySigned(BankError):
    code = "ALREADY_SIGNED"
    sentence = "You have signed this. It waits for somebody else's signature."
    status = 409


class MakerMayNotSign(BankError):
    code = "MAKER_MAY_NOT_SIGN"
    sentence = "You made this, and the signing rule asks for the signatures of others."
    status = 403


class NotYourTurn(BankError):
    code = "NOT_YOUR_TURN"
    sentence = "This is signed in an order, and somebody of another class signs before you."
    status = 409


class SignatureNotNeeded(BankError):
    code = "SIGNATURE_NOT_NEEDED"
    sentence = "Your signature (class {letter}) brings this no further; it waits for another class: {needed}."
    status = 409


class NotYoursToWithdraw(BankError):
    code = "NOT_YOURS_TO_WITHDRAW"
    sentence = "Only who made this may withdraw it. You may reject it."
    status = 403


class NothingChosen(BankError):
    code = "NOTHING_CHOSEN"
    sentence = "Choose at least one thing to sign, and at most {most} at once."
    status = 422


class RuleStillMet(BankError):
    """The bank repairs only what a company cannot change itself any more."""

    code = "RULE_STILL_MET"
    sentence = (
        "Those who may pay for the company can still meet its rules in {currency}, so it changes them itself."
    )
    status = 409


class RuleUnusable(BankError):
    code = "SIGNING_RULE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class DelegationUnusable(BankError):
    code = "DELEGATION_UNUSABLE"
    sentence = "{problem}"
    status = 422


class ChangeUnusable(BankError):
    code = "SIGNING_CHANGE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class ChangeStale(BankError):
    code = "SIGNING_CHANGE_STALE"
    sentence = "What this would change has changed since it was asked for. Make the change anew."
    status = 409
