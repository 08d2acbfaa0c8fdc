"""What programs are refused, in order of precedence."""

from bank.kernel.errors import BankError


class KeyInvalid(BankError):
    """Says the same for a key that never was, was altered, was revoked or is over."""

    code = "API_KEY_INVALID"
    sentence = "This API key is not valid: it is unknown, expired or revoked. Make a new one."
    status = 401


class KeyAddressRefused(BankError):
    code = "API_KEY_ADDRESS_REFUSED"
    sentence = "This API key may not be used from {address}. Add the address to the key's list."
    status = 403


class GrantInvalid(BankError):
    """Says the same for a token that never was, is over, or whose consent was withdrawn."""

    code = "GRANT_INVALID"
    sentence = "This access token is not valid: it is unknown, expired, or its consent has ended."
    status = 401


class NotForPrograms(BankError):
    code = "NOT_FOR_PROGRAMS"
    sentence = "This address is not open to API keys and apps. Sign in as a person."
    status = 403


class ScopeMissing(BankError):
    code = "SCOPE_MISSING"
    sentence = "This needs the scope {scope}, which was not granted. Ask for it."
    status = 403


class RedirectUnfit(BankError):
    code = "REDIRECT_URI_UNFIT"
    sentence = "The redirect address {uri} cannot be used: {problem}"
    status = 400


class AppUnfit(BankError):
    code = "APP_UNFIT"
    sentence = "{problem}"
    status = 400


class KeyUnfit(BankError):
    code = "API_KEY_UNFIT"
    sentence = "{problem}"
    status = 400


class NetworkUnfit(KeyUnfit):
    code = "API_KEY_ADDRESS_UNFIT"
    sentence = "{text} is no address or network. Write 203.0.113.7 or 203.0.113.0/24."


class ConsentUnfit(BankError):
    code = "CONSENT_UNFIT"
    sentence = "{problem}"
    status = 400


class OAuthRefused(BankError):
    """What the token endpoint refuses, under the names of RFC 6749 §5.2; ``error`` carries them too."""

    code = "INVALID_REQUEST"
    sentence = "The request lacks something or repeats it."
    status = 400


class InvalidClient(OAuthRefused):
    code = "INVALID_CLIENT"
    sentence = "The app is unknown, or its secret is wrong."
    status = 401


class InvalidGrant(OAuthRefused):
    code = "INVALID_GRANT"
    sentence = "The code or refresh token is unknown, used before, over, or was made for another app."


class UnauthorizedClient(OAuthRefused):
    code = "UNAUTHORIZED_CLIENT"
    sentence = "This app may not get tokens in this way."


class UnsupportedGrantType(OAuthRefused):
    code = "UNSUPPORTED_GRANT_TYPE"
    sentence = "Tokens are given for authorization_code, refresh_token and client_credentials alone."


class InvalidScope(OAuthRefused):
    code = "INVALID_SCOPE"
    sentence = "The scope is unknown, or more than was registered or granted."
