"""Letting further people act for a company: invited, sent again, revoked, accepted.

Who invites a signatory or an owner adds a signature to those that count. So such an invitation is itself
signed as a change of the signing rules is, before anybody hears of it.

The token in the mail is derived from the invitation under a key that is not in the database; the row
holds its digest. A new issue (a resend) voids every earlier token.
"""

import base64
import hashlib
import hmac
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes

from bank.audit import services as audit
from bank.cif import selectors as mandates
from bank.cif import services as cif
from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole
from bank.identity import selectors as identity
from bank.identity import services as users
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.onboarding import checks, errors, rules
from bank.onboarding.models import Invitation
from bank.onboarding.rules import InvitationState
from bank.runtime import outbox
from bank.signing import selectors as signatures
from bank.signing import services as signing
from bank.signing.errors import SignatoriesMissing, TooFewSignatories
from bank.signing.rules import State

INVITED = "onboarding.invited"
KIND = "INVITATION"
_ROLES = (MandateRole.SIGNATORY, MandateRole.VIEWER, MandateRole.OWNER)


@transaction.atomic
def invite(
    *,
    customer: Customer,
    email: str,
    role: str,
    by: User,
    can_pay: bool = False,
    single_limit: Money | None = None,
    until: date | None = None,
    is_agreed: bool = False,
) -> Invitation:
    """Invites somebody to act for the company; the invitation holds for seven days, the mandate up to
    ``until``, that day included, or until it is revoked. The books are not touched.

    One that gives signing power is ``WAITING`` until those have signed whom the strictest of the company's
    rules names, unless ``is_agreed`` (two of the bank's staff let the signatory in with the company) or one
    person alone signs for the company and none of its own rules asks for more.

    Raises ``NotAllowed`` where ``by`` is no owner, ``UnusableAnswers``, ``InvitationExists``,
    ``SecondSignatoryMissing``.
    """
    email = checked(customer, by, email, role, can_pay, single_limit, until)
    invitation = Invitation(
        id=ids.uuid7(),
        customer=customer,
        email=email,
        role=role,
        can_pay=can_pay and role != MandateRole.VIEWER,
        single_limit=single_limit.amount if single_limit else None,
        limit_currency=single_limit.currency if single_limit else "",
        until_date=until,
        invited_by=by,
    )
    is_waiting = not is_agreed and _gives_power(invitation) and not _may_decide_alone(customer)
    invitation.signatures = None if is_agreed else _signatures_of(customer) if is_waiting else 1
    invitation.state = (InvitationState.WAITING if is_waiting else InvitationState.OPEN).value
    _issue(invitation)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise errors.InvitationExists(email=email) from error
    if is_waiting:
        _ask_others(invitation, by)
    else:
        _tell(invitation, "INVITATION_SENT", by)
    return invitation


def checked(
    customer: Customer,
    by: User,
    email: str,
    role: str,
    can_pay: bool,
    limit: Money | None,
    until: date | None,
) -> str:
    """The address as it is kept, where ``by`` may invite it on these terms. Raises as ``invite`` does."""
    require_administrator(by, customer)
    email = checks.email(email)
    _check_role(role, can_pay, limit)
    if until is not None and until <= clock.today():
        raise errors.UnusableAnswers({"until": "The last day lies in the future."})
    if _acts_already(email, customer) or _is_invited(email, customer):
        raise errors.InvitationExists(email=email)
    return email


def send_signed(subject: str, by: User) -> None:
    """Sends an invitation that has its last signature. Raises ``NotAllowed`` where who invited is no owner
    any more, ``InvitationExists`` where the invited acts for the company by now.
    """
    locked = _waiting(subject)
    require_administrator(locked.invited_by, locked.customer)
    if _acts_already(locked.email, locked.customer):
        raise errors.InvitationExists(email=locked.email)
    locked.state = InvitationState.OPEN.value
    _issue(locked)
    locked.save()
    _tell(locked, "INVITATION_SENT", by)


def give_up(subject: str, _state: State, by: User | None, _reason: str) -> None:
    """An invitation nobody will sign: nobody was told of it."""
    locked = _waiting(subject)
    _end(locked, InvitationState.REVOKED)
    _record("INVITATION_GIVEN_UP", locked, by)


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """A new token for seven more days; the one before opens nothing any more.

    Raises ``InvitationOutdated`` where the company's own signing rules ask for more people since.
    """
    locked = _open(invitation)
    require_administrator(by, locked.customer)
    if _is_outdated(locked):
        raise errors.InvitationOutdated
    locked.issue += 1
    _issue(locked)
    locked.save()
    _tell(locked, "INVITATION_RESENT", by)
    return locked


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Takes an invitation back."""
    locked = _open(invitation)
    require_administrator(by, locked.customer)
    _end(locked, InvitationState.REVOKED)
    _record("INVITATION_REVOKED", locked, by)
    return locked


def find(token: str) -> Invitation:
    """The invitation a token opens, as long as who invited is an owner still and as many stood behind it as
    the company's own signing rules ask for by now.

    Raises ``InvitationOver`` for any other token, alike.
    """
    digest = hashlib.sha256(token.encode()).digest()
    known = Invitation.objects.filter(
        token_digest=digest, state=InvitationState.OPEN, expires_at__gt=clock.now()
    ).select_related("customer", "invited_by")
    found = known.exclude(until_date__lt=clock.today()).first()
    if found is None or not may_administer(found.invited_by, found.customer) or _is_outdated(found):
        raise errors.InvitationOver
    return found


@transaction.atomic
def accept(*, token: str, user: User) -> Mandate:
    """Grants the mandate to the signed-in user whose address was invited, once.

    Raises ``InvitationOver``: also for a user with another address, who is told no more than that.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=find(token).pk)
    if invitation.state != InvitationState.OPEN or invitation.email != user.email:
        _refuse(invitation, user)
    limit = invitation.single_limit
    mandate = cif.grant_mandate(
        user=user,
        customer=invitation.customer,
        role=invitation.role,
        can_pay=invitation.can_pay,
        single_limit=None if limit is None else Money(limit, invitation.limit_currency),
        valid_until=invitation.until_date,
        actor=invitation.invited_by,
    )
    invitation.accepted_by = user
    _end(invitation, InvitationState.ACCEPTED)
    _record("INVITATION_ACCEPTED", invitation, user)
    return mandate


@transaction.atomic
def accept_as_new(*, token: str, full_name: str, password: str, language: str = "en") -> User:
    """Makes the invited address a user (the token proves it is theirs) and accepts for it.

    Raises ``InvitationOver``, ``UnusableAnswers``, ``PasswordUnfit``, ``EmailTaken``.
    """
    invitation = find(token)
    user = users.create_user(
        email=invitation.email,
        full_name=checks.full_name(full_name),
        password=password,
        language=language,
    )
    accept(token=token, user=user)
    return user


def has_user(invitation: Invitation) -> bool:
    """Whether the invited address signs in here already."""
    return identity.user_by_email(invitation.email) is not None


def token_for(invitation_id: UUID, issue: int) -> str:
    """The token of one issue of an invitation: 256 bits under the bank's own key."""
    key = hashlib.sha256(b"bank.onboarding.invitation" + force_bytes(settings.SECRET_KEY)).digest()
    mac = hmac.digest(key, invitation_id.bytes + issue.to_bytes(4, "big"), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def may_administer(user: User, customer: Customer) -> bool:
    """Whether the user may say who else acts for the company: its owners."""
    return mandates.mandates_for(user).filter(customer=customer, role=MandateRole.OWNER).exists()


def require_administrator(user: User, customer: Customer) -> None:
    if not may_administer(user, customer):
        raise NotAllowed(what="say who else acts for this company; an owner can")


def _gives_power(invitation: Invitation) -> bool:
    return invitation.can_pay or invitation.role == MandateRole.OWNER


def _is_outdated(invitation: Invitation) -> bool:
    """It gives signing power and went out under rules that asked for fewer people than those set since."""
    if invitation.signatures is None or not _gives_power(invitation):
        return False
    return signatures.most_persons(invitation.customer) > invitation.signatures


def _signatures_of(customer: Customer) -> int:
    return max(terms.persons for terms in signatures.strictest(customer))


def _may_decide_alone(customer: Customer) -> bool:
    """Where no more than one person signs, and no rule of the company's own asks for more."""
    return signatures.signatories(customer) <= 1 and not signatures.asks_for_several(customer)


def _ask_others(invitation: Invitation, by: User) -> None:
    """Has the invitation wait. Raises ``SecondSignatoryMissing`` where so many cannot sign at all."""
    limit = f"{invitation.limit_currency} {invitation.single_limit}" if invitation.single_limit else ""
    words = {"role": invitation.role, "limit": limit, "until": str(invitation.until_date or "")}
    try:
        signing.ask(
            kind=KIND,
            subject=str(invitation.pk),
            customer=invitation.customer,
            amounts=[],
            act={"act": KIND, "customer": invitation.customer.cif, "email": invitation.email, **words},
            summary=f"Invite {invitation.email} to act for {invitation.customer.display_name}",
            maker=by,
            difference=[
                {"label": invitation.email, "before": "", "after": ", ".join(filter(None, words.values()))}
            ],
            terms=signatures.strictest(invitation.customer),
        )
    except (TooFewSignatories, SignatoriesMissing) as error:
        raise errors.SecondSignatoryMissing from error
    _record("INVITATION_ASKED", invitation, by)


def _waiting(subject: str) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).select_related("customer", "invited_by")
    locked = found.get(pk=subject)
    if locked.state != InvitationState.WAITING:
        raise errors.InvitationOver
    return locked


def _acts_already(email: str, customer: Customer) -> bool:
    return Mandate.objects.in_force(clock.today()).filter(customer=customer, user__email=email).exists()


def _is_invited(email: str, customer: Customer) -> bool:
    under_way = (InvitationState.OPEN, InvitationState.WAITING)
    return Invitation.objects.filter(customer=customer, email=email, state__in=under_way).exists()


def _check_role(role: str, can_pay: bool, limit: Money | None) -> None:
    faults = {}
    if role not in _ROLES:
        faults["role"] = "Choose what they may do."
    if limit is not None and not (can_pay and limit.is_positive):
        faults["single_limit"] = "A limit is above zero, and only for somebody who may pay."
    if faults:
        raise errors.UnusableAnswers(faults)


def _issue(invitation: Invitation) -> None:
    token = token_for(invitation.pk, invitation.issue)
    invitation.token_digest = hashlib.sha256(token.encode()).digest()
    invitation.expires_at = clock.now() + rules.INVITATION_LIFETIME


def _open(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if locked.state != InvitationState.OPEN:
        raise errors.InvitationOver
    return locked


def _end(invitation: Invitation, state: InvitationState) -> None:
    invitation.state, invitation.ended_at = state.value, clock.now()
    invitation.save()


def _refuse(invitation: Invitation, user: User) -> None:
    audit.record_refusal(
        "INVITATION_ACCEPTED",
        actor=user,
        subject_type="CUSTOMER",
        subject_id=invitation.customer.cif,
        reason=errors.InvitationOver.code,
    )
    raise errors.InvitationOver


def _tell(invitation: Invitation, action: str, by: User) -> None:
    outbox.emit(INVITED, {"invitation_id": str(invitation.pk), "issue": invitation.issue})
    _record(action, invitation, by)


def _record(action: str, invitation: Invitation, by: User | None) -> None:
    audit.record(
        action,
        actor=by,
        subject_type="CUSTOMER",
        subject_id=invitation.customer.cif,
        detail={"invitation": str(invitation.pk), "role": invitation.role},
    )
