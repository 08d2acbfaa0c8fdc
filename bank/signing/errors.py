"""What signatories are refused, in order of precedence."""

from bank.kernel.errors import BankError


class TooFewSignatories(BankError):
    code = "TOO_FEW_SIGNATORIES"
    sentence = (
        "This needs {needed} signatures, and only {there} people may sign for it."
        " Invite another signatory, or have the signing rule changed."
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


class NotYoursToWithdraw(BankError):
    code = "NOT_YOURS_TO_WITHDRAW"
    sentence = "Only who made this may withdraw it. You may reject it."
    status = 403


class NothingChosen(BankError):
    code = "NOTHING_CHOSEN"
    sentence = "Choose at least one thing to sign, and at most {most} at once."
    status = 422


class RuleUnusable(BankError):
    code = "SIGNING_RULE_UNUSABLE"
    sentence = "{problem}"
    status = 422
