"""The end of a user: what tells who they were goes, the row stays for what they once did."""

from django.db import transaction
from django_otp import devices_for_user

from bank.audit import services as audit
from bank.identity.models import Challenge, KnownDevice, TokenFamily, User, UserSession
from bank.kernel.errors import Conflict

ERASED = "[erased]"


@transaction.atomic
def forget_user(*, user: User) -> None:
    """Erases name, address, phone, browsers, second factors and what codes were asked for of somebody who
    will not sign in again, and the words of whatever they did on the audit trail.

    Their number stays, so the trail and the books go on saying that one and the same person acted.
    Raises ``Conflict`` for staff, whose acts must stay theirs by name.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.is_staff:
        raise Conflict(problem="Whoever works for the bank is not forgotten.")
    locked.email, locked.full_name = f"erased-{locked.pk}@invalid.example", ERASED
    locked.phone, locked.is_active = "", False
    locked.token_version += 1
    locked.set_unusable_password()
    locked.save()
    for device in devices_for_user(locked, confirmed=None):
        device.delete()
    UserSession.objects.filter(user=locked).update(device=ERASED, ip="")
    KnownDevice.objects.filter(user=locked).update(label=ERASED, ip="")
    TokenFamily.objects.filter(user=locked).update(device=ERASED, ip="")
    Challenge.objects.filter(user=locked).update(summary=ERASED, destination="")
    audit.forget({"USER": [str(locked.pk)]}, actors=[locked.pk])
    audit.record("USER_FORGOTTEN", actor=None, subject_type="USER", subject_id=str(locked.pk))
