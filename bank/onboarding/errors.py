"""What becoming a customer can be refused for, in order of precedence."""

from collections.abc import Mapping
from typing import Any

from bank.kernel.errors import BankError


class TooManyRegistrations(BankError):
    code = "TOO_MANY_REGISTRATIONS"
    sentence = "Too many codes were asked for. Wait {minutes} minutes, then try again."
    status = 429


class CodeExpired(BankError):
    """Said of a code that is too old, used, or tried too often; and of one that was never sent."""

    code = "REGISTRATION_CODE_EXPIRED"
    sentence = "This code is no longer valid. Start again, and we send you a new one."
    status = 403


class CodeWrong(BankError):
    code = "REGISTRATION_CODE_WRONG"
    sentence = "The code is wrong. Check the newest mail and try again; {tries_left} tries are left."
    status = 403


class UnusableAnswers(BankError):
    """``faults`` says for each answer what is wrong with it and how to put it right."""

    code = "ANSWERS_UNUSABLE"
    sentence = "Some answers cannot be used yet: {fields}."
    status = 422

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(fields=", ".join(self.faults))


class ApplicationIncomplete(BankError):
    code = "APPLICATION_INCOMPLETE"
    sentence = "The application is not complete: {tasks}."
    status = 409

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)


class ApplicationNotOpen(BankError):
    code = "APPLICATION_NOT_OPEN"
    sentence = "This application can no longer be changed: it is {state}."
    status = 409


class SecondSignatoryMissing(BankError):
    code = "SECOND_SIGNATORY_MISSING"
    sentence = (
        "The company's signing rule asks for more signatures than it has signatories, so nobody here can"
        " agree to another one. Come to the bank together with the company's papers."
    )
    status = 409


class SharesOverWhole(BankError):
    code = "SHARES_OVER_WHOLE"
    sentence = "The shares would add up to {total} %. Together they cannot be more than 100 %."
    status = 422


class SecondPersonNeeded(BankError):
    code = "SECOND_PERSON_NEEDED"
    sentence = "You recommended this application or made it yourself; somebody else must decide it."
    status = 403


class ChecklistOpen(BankError):
    code = "CHECKLIST_OPEN"
    sentence = "Tick every item of the checklist before recommending approval; open: {items}."
    status = 409


class ScreeningOpen(BankError):
    code = "SCREENING_OPEN"
    sentence = "Decide every possible match first, and approve nobody who is on a list; open: {names}."
    status = 409


class ReasonMissing(BankError):
    code = "REASON_MISSING"
    sentence = "Give a reason that the file can be understood by in a year."
    status = 422


class InvitationOutdated(BankError):
    code = "INVITATION_OUTDATED"
    sentence = (
        "The company's signing rules ask for more people than stood behind this invitation. Revoke it and "
        "invite again."
    )
    status = 409


class InvitationOver(BankError):
    """Expired, revoked, used, of somebody else, or never made: the bearer is not told which."""

    code = "INVITATION_OVER"
    sentence = "This invitation is no longer valid. Ask the company to send you a new one."
    status = 404


class InvitationExists(BankError):
    code = "INVITATION_EXISTS"
    sentence = "{email} is invited already or acts for the company. Resend or revoke that one."
    status = 409
