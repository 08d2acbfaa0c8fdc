"""What those who are told things are refused, in order of precedence."""

from bank.kernel.errors import BankError


class NotParked(BankError):
    code = "MESSAGE_NOT_PARKED"
    sentence = (
        "This message is not parked: it was delivered, discarded or is tried again already. Look again."
    )
    status = 409


class NotGivenUp(BankError):
    code = "DELIVERY_NOT_GIVEN_UP"
    sentence = (
        "This delivery was not given up, or its webhook is not active: it was taken, is on its way, or the"
        " company must enable the webhook first."
    )
    status = 409


class WebhookUnfit(BankError):
    code = "WEBHOOK_UNFIT"
    sentence = "{problem}"
    status = 400


class TooManyWebhooks(BankError):
    code = "TOO_MANY_WEBHOOKS"
    sentence = "There are {most} webhooks already. End one first."
    status = 409


class ChallengeUnanswered(BankError):
    """The server did not show that it wants to be told."""

    code = "WEBHOOK_CHALLENGE_UNANSWERED"
    sentence = "The server did not answer the challenge: {problem} Answer 200 with the challenge as the body."
    status = 422


class WebhookOver(BankError):
    code = "WEBHOOK_OVER"
    sentence = "This webhook has ended. Make a new one."
    status = 409
