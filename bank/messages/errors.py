"""What a message is refused for before anyone looks at what it says, in order of precedence."""

from bank.kernel.errors import BankError


class FormatError(BankError):
    """The content cannot be read as a message; nothing of it was used."""

    code = "FORMAT_ERROR"
    sentence = "The content is not a message the bank reads."
    status = 400


class ContentTooLarge(FormatError):
    code = "CONTENT_TOO_LARGE"
    sentence = "The content has {size} bytes; the bank reads at most {limit}. Split it into several files."
    status = 413


class ContentEmpty(FormatError):
    code = "CONTENT_EMPTY"
    sentence = "The content is empty."


class EncodingUnsupported(FormatError):
    code = "ENCODING_UNSUPPORTED"
    sentence = "The XML declares the encoding {encoding}, which the bank does not read. Send it as UTF-8."


class EncodingBroken(FormatError):
    code = "ENCODING_BROKEN"
    sentence = "The content is not valid {encoding}. Send it as UTF-8."


class DoctypeForbidden(FormatError):
    code = "XML_DOCTYPE_FORBIDDEN"
    sentence = "The XML has a document type declaration (DTD). Bank messages need none: remove it."


class NotWellFormed(FormatError):
    code = "XML_NOT_WELL_FORMED"
    sentence = "The XML is not well formed: {problem}"


class TooDeep(FormatError):
    code = "XML_TOO_DEEP"
    sentence = "The XML is nested deeper than any bank message."


class PartTooLarge(FormatError):
    code = "XML_PART_TOO_LARGE"
    sentence = "There is no payment for {limit} bytes. Send a file of payments, without attachments."
    status = 413


class TooManyParts(FormatError):
    code = "TOO_MANY_PARTS"
    sentence = "One statement has more than {limit} entries or payments. Ask for statements of fewer days."
    status = 413


class MessageUnsupported(FormatError):
    code = "MESSAGE_UNSUPPORTED"
    sentence = "The bank does not read the message {message} here. Send {wanted}."
    status = 422

    def __init__(self, *, message: str, wanted: str = "pain.001.001.03 or pain.001.001.09") -> None:
        super().__init__(message=message, wanted=wanted)


class EnvelopeBroken(FormatError):
    code = "ENVELOPE_BROKEN"
    sentence = "This is no sealed message between banks: {problem}."


class SealBroken(FormatError):
    """Whoever wrote it has not our key, or it was changed on the way; nothing of it is used."""

    code = "SEAL_BROKEN"
    sentence = "The seal of the message does not fit what it says."
    status = 403


class SchemaBroken(FormatError):
    code = "SCHEMA_BROKEN"
    sentence = "The message is no valid {message}: {problem}"


class TotalsDiffer(FormatError):
    code = "TOTALS_DIFFER"
    sentence = "{field} says {stated}, but the message holds {found}. Nothing of it was used."


class AmountUnreadable(FormatError):
    code = "AMOUNT_UNREADABLE"
    sentence = "{field} is no amount of money in a currency of ISO 4217."


class TextBroken(FormatError):
    """A message of lines that cannot be read from a certain place on."""

    code = "TEXT_BROKEN"
    sentence = "Line {line}, position {position}: {problem}"


class WorkbookUnreadable(FormatError):
    code = "WORKBOOK_UNREADABLE"
    sentence = "The workbook cannot be read: {problem}. Save it again as XLSX, or send it as CSV."


class WorkbookUnsafe(FormatError):
    code = "WORKBOOK_UNSAFE"
    sentence = "The workbook is not opened: {problem}."


class CellsMerged(FormatError):
    code = "CELLS_MERGED"
    sentence = (
        "Cells {cells} of sheet {sheet} are merged. Unmerge them, so that every row has its own values."
    )


class ColumnsMissing(FormatError):
    code = "COLUMNS_MISSING"
    sentence = "No column says what the {columns} of a payment is. Name the columns of the file."
    status = 422


class CallbackMalformed(FormatError):
    """A callback whose body cannot be believed; nothing of it is used."""

    code = "CALLBACK_MALFORMED"
    sentence = "The callback's {field} is wrong: {problem}."


class SignatureInvalid(FormatError):
    """A webhook that is not proven to come from who it says; nothing of it is used."""

    code = "SIGNATURE_INVALID"
    sentence = "The webhook's signature cannot be accepted: {problem}."


class CardMessageInvalid(FormatError):
    """An ISO 8583 message that is not one; ``field`` is the data element it fails in."""

    code = "CARD_MESSAGE_INVALID"
    sentence = "Element {field} is wrong: {problem}."


class QrUnreadable(FormatError):
    code = "QR_UNREADABLE"
    sentence = "This is no payment code the bank can use. {problem}"
    status = 422
