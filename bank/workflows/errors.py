"""What maker and checker are refused, in order of precedence."""

from bank.kernel.errors import BankError


class UnknownCommand(BankError):
    code = "COMMAND_UNKNOWN"
    sentence = "The bank knows no command {kind}."
    status = 404


class NotYourCommand(BankError):
    code = "COMMAND_NOT_YOURS"
    sentence = "Only who has the role {role} may decide on this."
    status = 403


class MakerIsChecker(BankError):
    code = "MAKER_IS_CHECKER"
    sentence = "You proposed this yourself. Somebody else must decide on it."
    status = 403


class ConsentGiven(BankError):
    code = "CONSENT_GIVEN"
    sentence = "You have said yes to this. It waits for somebody of another role."
    status = 409


class NotTheMaker(BankError):
    code = "NOT_THE_MAKER"
    sentence = "Only who proposed this may withdraw it."
    status = 403


class PayloadUnusable(BankError):
    code = "COMMAND_PAYLOAD_UNUSABLE"
    sentence = "{problem}"
    status = 422


class AlreadyProposed(BankError):
    code = "COMMAND_ALREADY_PROPOSED"
    sentence = "The same change is waiting for approval already. Have it decided or withdrawn first."
    status = 409


class CommandDecided(BankError):
    code = "COMMAND_DECIDED"
    sentence = "This is {state} already; nothing can be changed about it."
    status = 409


class CommandExpired(BankError):
    code = "COMMAND_EXPIRED"
    sentence = "The time to decide on this is over. Propose it anew."
    status = 409


class CommandStale(BankError):
    code = "COMMAND_STALE"
    sentence = "What this would change has changed since it was proposed. Reject it, and propose it anew."
    status = 409
