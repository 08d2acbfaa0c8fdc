"""What risk refuses, in order of precedence."""

from bank.kernel.errors import BankError


class ListUnreadable(BankError):
    code = "WATCH_LIST_UNREADABLE"
    sentence = "The list cannot be read: {problem}. Nothing was loaded."
    status = 400


class ListTooSmall(BankError):
    code = "WATCH_LIST_TOO_SMALL"
    sentence = (
        "The list has {entries} entries where the version in force has {before}. "
        "If so many really were taken off, load it with --shrunk."
    )
    status = 409


class NothingToScreen(BankError):
    code = "SCREENING_NAME_MISSING"
    sentence = "The name holds no letters to screen. Enter the name as it is written in the document."
    status = 400


class MatchDecided(BankError):
    code = "SCREENING_MATCH_DECIDED"
    sentence = "This match has been decided already. Load the page again."
    status = 409


class ReasonMissing(BankError):
    code = "SCREENING_REASON_MISSING"
    sentence = "Say why, in at least {fewest} letters: the next reader has nothing else to go by."
    status = 400


class SecondPersonNeeded(BankError):
    code = "SCREENING_SECOND_PERSON_NEEDED"
    sentence = "Somebody other than the one who decided must agree to release a true match."
    status = 403


class NotATrueMatch(BankError):
    code = "SCREENING_NOT_A_TRUE_MATCH"
    sentence = "Only a true match needs to be released."
    status = 409
