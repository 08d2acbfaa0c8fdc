"""What identity refuses, in order of precedence."""

from typing import ClassVar

from bank.kernel.errors import BankError


class TooManyTries(BankError):
    code = "TOO_MANY_TRIES"
    sentence = "There were too many wrong tries. Wait {retry_after_s} seconds, then try again."
    status = 429

    @property
    def retry_after_s(self) -> int:
        return int(self.params["retry_after_s"])


class TooOften(TooManyTries):
    code = "TOO_OFTEN"
    sentence = "This was done very often in a short time. Wait {retry_after_s} seconds, then go on."


class SignInRefused(BankError):
    """Says the same for an unknown address, a wrong password and an account that was switched off."""

    code = "SIGN_IN_REFUSED"
    sentence = "The e-mail address or the password is wrong. Check both and try again."
    status = 401


class SecondFactorRequired(BankError):
    code = "SECOND_FACTOR_REQUIRED"
    sentence = "Send as otp the code of your authenticator app, or the one POST /api/v1/auth/code sends."
    status = 401


class SecondFactorRefused(BankError):
    code = "SECOND_FACTOR_REFUSED"
    sentence = "{reason}"
    status = 401


class TokenInvalid(BankError):
    code = "TOKEN_INVALID"
    sentence = "This token is not valid here: it is expired, revoked, used before or not ours. Sign in again."
    status = 401


class KeyTooYoung(BankError):
    code = "SIGNING_KEY_TOO_YOUNG"
    sentence = "The next key was published too lately to sign with. Rotate again after {after}."
    status = 409


class PasswordUnfit(BankError):
    code = "PASSWORD_UNFIT"
    sentence = "Choose another password: {problems}"
    status = 400


class BreachedListUnfit(BankError):
    code = "BREACHED_LIST_UNFIT"
    sentence = "Line {line} {problem}."
    status = 400


class WrongPassword(BankError):
    code = "WRONG_PASSWORD"
    sentence = "The present password is wrong."
    status = 403


class EmailTaken(BankError):
    code = "EMAIL_TAKEN"
    sentence = "There is a user with this e-mail address already."
    status = 409


class ReasonNeeded(BankError):
    code = "REASON_NEEDED"
    sentence = "Say in at least {least} characters what this is for; it stays on the audit trail."
    status = 400


class OverLimit(BankError):
    code = "OVER_LIMIT"
    sentence = "Your roles reach up to {maximum} for this. Ask somebody with a higher limit."
    status = 403


class PhoneUnfit(BankError):
    code = "PHONE_UNFIT"
    sentence = (
        "This is no mobile number we can reach. Type it with its country code, such as +254 712 345678."
    )
    status = 400


class PasskeyRefused(BankError):
    code = "PASSKEY_REFUSED"
    sentence = "This passkey could not be used here. Try again, or use your password and a code."
    status = 401


class ResetOver(BankError):
    code = "RESET_OVER"
    sentence = "This link was used or is older than 15 minutes. Ask for a new one."
    status = 410


class StepUpFailed(BankError):
    """The family of refusals of ``stepup.confirm``, in the order in which they are looked for.

    After one with ``may_retry`` the same challenge still takes the right code.
    """

    may_retry: ClassVar[bool] = False

    code: ClassVar[str] = "STEP_UP_FAILED"
    sentence: ClassVar[str] = "This could not be confirmed. Start again."
    status: ClassVar[int] = 403


class StepUpRequired(StepUpFailed):
    code = "STEP_UP_REQUIRED"
    sentence = "Confirm this with a code first."


class StepUpExpired(StepUpFailed):
    code = "STEP_UP_EXPIRED"
    sentence = "This code was used already or its time is over. Ask for a new one."


class StepUpActChanged(StepUpFailed):
    code = "STEP_UP_ACT_CHANGED"
    sentence = "What you confirm is not what the code was made for, so the code is void. Start again."


class StepUpExhausted(StepUpFailed):
    code = "STEP_UP_EXHAUSTED"
    sentence = "The code was wrong too often and is void. Ask for a new one."


class StepUpWrongCode(StepUpFailed):
    code = "STEP_UP_WRONG_CODE"
    sentence = "The code is wrong. Check it and try again; {tries_left} tries are left."
    may_retry = True
