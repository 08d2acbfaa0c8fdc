"""Reads of statements. ``statement_for`` is the only door to one."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.deposits import selectors as deposits
from bank.deposits.models import Deposit
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed, NotFound
from bank.statements import files, formats, rules
from bank.statements.models import KINDS, About, IssuedDocument, Statement, Subscription
from bank.statements.rules import Kind, State, Status

_AT_ONCE = 2_000
_MOST_LISTED = 200
_LONGEST_CODE = 60
ABOUT = ("account__customer", "account__product", "deposit__product", "deposit__customer")
"""What is read with a document or a subscription: what it is of, and whose that is."""


def kept_for(user: User, number: str) -> Account | Deposit:
    """The account or the deposit with that number. Raises ``NotFound`` where it is not the user's to see."""
    try:
        return accounts.account_for(user, number)
    except NotFound:
        pass
    try:
        return deposits.deposit_for(user, number)
    except NotFound:
        raise NotFound(what="account") from None


def reached_by(kept: Account | Deposit) -> str:
    """The account whose grant opens it to programs: of a deposit, the one it was funded from."""
    return kept.funding_account.number if isinstance(kept, Deposit) else kept.number


def check_sees(user: User, one: About) -> None:
    """Raises ``NotFound`` where the user may not see, today, what a document or a subscription is of."""
    if one.deposit:
        deposits.deposit_for(user, one.deposit.number)
    else:
        accounts.account_for(user, one.account.number)


def check_sees_all(user: User, kind: str, account: Account) -> None:
    """Raises ``NotAllowed`` for a certificate of tax, which tells of all accounts and deposits of the holder,
    where the user holds or sees no more than the one account, as its other holder does.
    """
    if kind == Kind.TAX and not cif.may_view(user, account.customer):
        raise NotAllowed(what="have the tax of the account's first holder certified")


def statement_for(user: User, statement_id: UUID | str) -> Statement:
    """The statement, if ``user`` may see its account today; a certificate of tax, if all of the holder's
    accounts. Raises ``NotFound`` for any other.
    """
    found = Statement.objects.select_related(*ABOUT, "requested_by").filter(pk=_uuid(statement_id)).first()
    if found is None:
        raise NotFound(what="statement")
    try:
        check_sees(user, found)
        check_sees_all(user, found.kind, found.account)
    except (NotFound, NotAllowed):
        raise NotFound(what="statement") from None
    return found


def statements_of(account: Account, *, limit: int = 50) -> list[Statement]:
    """The latest statements of an account that came from ``accounts.selectors.account_for``."""
    return list(Statement.objects.filter(account=account, deposit=None).select_related("account")[:limit])


def statements_for(user: User, *, certificates: bool | None = None, limit: int = 50) -> list[Statement]:
    """The latest documents of all accounts the user may see, or of them only certificates or only statements.

    One query.
    """
    customers = cif.mandates_for(user).values("customer_id")
    found = Statement.objects.filter(account__customer_id__in=customers)
    if certificates is not None:
        found = found.exclude(kind=Kind.STATEMENT) if certificates else found.filter(kind=Kind.STATEMENT)
    return list(found.select_related(*ABOUT)[:limit])


def line_count(account: Account, from_date: date, to_date: date) -> int:
    """How many lines a statement of the period has."""
    return accounts.period_totals(account, from_date=from_date, to_date=to_date).lines


def birth_of(user: User, format: str, to_date: date) -> dict[str, Any]:
    """What every new statement has of its own: a reference nobody guesses, a file name, a language."""
    return {
        "reference": ids.reference("S"),
        "language": translation.get_language() or user.language,
        "file_name": f"{secrets.token_hex(24)}.{formats.named(format).extension}",
        "number": to_date.timetuple().tm_yday,
    }


def subscriptions_for(user: User) -> list[Subscription]:
    """Those of all accounts the user may see, ended ones last. One query."""
    customers = cif.mandates_for(user).values("customer_id")
    found = Subscription.objects.filter(account__customer_id__in=customers)
    listed = found.select_related(*ABOUT).order_by("-created_at")
    return sorted(listed[:_MOST_LISTED], key=lambda one: one.state == State.ENDED)


def subscription_for(user: User, subscription_id: UUID | str) -> Subscription:
    """The subscription, if ``user`` may see its account today. Raises ``NotFound`` for any other."""
    found = Subscription.objects.select_related(*ABOUT).filter(pk=_uuid(subscription_id)).first()
    if found is None:
        raise NotFound(what="subscription")
    try:
        check_sees(user, found)
    except NotFound:
        raise NotFound(what="subscription") from None
    return found


def issued_document(text: str) -> IssuedDocument | None:
    """The issued document with the code as someone typed it; ``None`` for any other text."""
    code = ids.read_reference(text[:_LONGEST_CODE])
    return IssuedDocument.objects.filter(code=code).first()


def issued_file(digest: str) -> IssuedDocument | None:
    """The issued document whose file has this SHA-256 digest; should there be several, the first."""
    return IssuedDocument.objects.filter(digest=digest).order_by("position").first()


def kind_name(kind: str) -> str:
    """What a kind of document is called, in the reader's language."""
    if kind == rules.DEPOSIT_CERTIFICATE:
        return gettext("Certificate of deposit")
    return str(dict(KINDS).get(kind, kind.replace("_", " ").capitalize()))


@dataclass(frozen=True, slots=True)
class ChainProof:
    """The outcome of a verification: ``fault`` names the first thing wrong, ``None`` if all is well."""

    documents: int
    files: int
    head: str
    fault: str | None


def verify_chain(*, head: str | None = None, with_files: bool = False) -> ChainProof:
    """Recomputes the chain of issued documents, and with ``with_files`` the digests of the files there are.

    ``head`` is a ``position:link`` noted earlier, which must be in it: without one a chain cut
    short cannot be told from a short one.
    """
    position, link, checked, noted = 0, rules.GENESIS, 0, head
    for document in IssuedDocument.objects.order_by("position").iterator(chunk_size=_AT_ONCE):
        fault = _fault_of(document, position, link)
        if not fault and with_files and (altered := _file_fault(document)) is not None:
            checked, fault = checked + 1, altered or None
        if fault:
            return ChainProof(position, checked, f"{position}:{link}", fault)
        position, link = document.position, document.link
        noted = None if noted == f"{position}:{link}" else noted
    lost = f"the noted head {noted} is not in the chain" if noted else _unissued()
    return ChainProof(position, checked, f"{position}:{link}", lost)


def _fault_of(document: IssuedDocument, position: int, link: str) -> str | None:
    if document.position != position + 1:
        return f"document {position + 1} of the chain is missing"
    if rules.link(link, document.content()) != document.link:
        return f"document {document.code} (position {document.position}) was altered"
    return None


def _file_fault(document: IssuedDocument) -> str | None:
    """Empty for an unaltered file, ``None`` where no file of ours belongs to the document."""
    statement = Statement.objects.filter(reference=document.code).first()
    if statement is None or statement.status == Status.ERASED:
        return None
    try:
        with files.open_file(statement.file_name) as file:
            found = files.digest_of(file)
    except FileNotFoundError:
        return f"the file of {document.code} is missing"
    return "" if found == document.digest else f"the file of {document.code} was altered"


def _unissued() -> str | None:
    """A finished statement whose seal differs from the chain's, or is not in it."""
    sealed = IssuedDocument.objects.filter(code=OuterRef("reference"), digest=OuterRef("digest"))
    finished = Statement.objects.filter(~Exists(sealed), status=Status.READY)
    lost = finished.exclude(finished_at__lt=_first_issue()).first()
    return f"statement {lost.reference} is not in the chain as it was sealed" if lost else None


def _first_issue() -> datetime:
    """Statements made before there was a chain are not in it."""
    first = IssuedDocument.objects.order_by("position").values_list("issued_at", flat=True).first()
    return first or clock.now()


def _uuid(text: UUID | str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound(what="statement") from None
