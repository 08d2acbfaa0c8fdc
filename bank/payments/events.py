"""What follows from facts about customers: what one merged had for paying passes to the survivor."""

from django.db.models import F, OuterRef, Subquery

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.kernel import clock
from bank.payments.models import Beneficiary, DailyUse, PaymentFile, PaymentLimit
from bank.payments.services.limits import scope_of


@merging.mover
def move_payments(old: Customer, new: Customer) -> dict[str, int]:
    """Payees both have are kept once; of two limits the survivor's holds; what was paid today counts on."""
    held = Beneficiary.objects.filter(customer=new, removed_at=None, agent=OuterRef("agent"))
    twice = Beneficiary.objects.filter(customer=old, removed_at=None).annotate(
        ours=Subquery(held.filter(number=OuterRef("number")).values("pk")[:1])
    )
    Beneficiary.objects.filter(pk__in=twice.filter(ours__isnull=False).values("pk")).update(
        removed_at=clock.now()
    )
    limited = PaymentLimit.objects.filter(customer=new).values("currency")
    PaymentLimit.objects.filter(customer=old, currency__in=limited).delete()
    _carry_use(old, new)
    return {
        "payees": Beneficiary.objects.filter(customer=old).update(customer=new),
        "payment_limits": PaymentLimit.objects.filter(customer=old).update(customer=new),
        "payment_files": PaymentFile.objects.filter(customer=old).update(customer=new),
    }


def _carry_use(old: Customer, new: Customer) -> None:
    """Or a merge would open the day's limit a second time."""
    for used in DailyUse.objects.filter(scope=scope_of(old)):
        ours, _new = DailyUse.objects.get_or_create(
            scope=scope_of(new), day=used.day, currency=used.currency, defaults={"amount": 0}
        )
        DailyUse.objects.filter(pk=ours.pk).update(amount=F("amount") + used.amount)
