"""What requests and bills tell; what becomes of a merged customer's saved bills and blocks."""

from django.db.models import Q

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.requests.models import BlockedRequester, SavedBill
from bank.requests.services import asking, billing
from bank.runtime import topics

topics.declare(
    asking.MADE,
    "Somebody asked to be paid.",
    order=("request_to_pay", "reference"),
    reference=topics.TEXT,
)
topics.declare(
    asking.ANSWERED,
    "A request to pay was paid, declined or taken back; the status is that of pain.014.",
    order=("request_to_pay", "reference"),
    reference=topics.TEXT,
    status=topics.TEXT,
)
topics.declare(
    asking.REMINDED,
    "Whoever was asked to pay is reminded.",
    order=("request_to_pay", "reference"),
    reference=topics.TEXT,
)
topics.declare(
    billing.PAID,
    "A bill was paid to a biller.",
    order=("payment", "reference"),
    reference=topics.TEXT,
    biller=topics.TEXT,
)


@merging.mover
def move_requests(old: Customer, new: Customer) -> dict[str, int]:
    """Saved bills the survivor lacks move; whom either blocked stays blocked."""
    for bill in SavedBill.objects.filter(customer=old):
        kept = {"biller": bill.biller, "reference": bill.reference}
        SavedBill.objects.get_or_create(customer=new, **kept, defaults={"nickname": bill.nickname})
    moved = SavedBill.objects.filter(customer=old).delete()[0]
    for pair in BlockedRequester.objects.filter(Q(customer=old) | Q(requester=old)):
        customer, requester = (new if one == old else one for one in (pair.customer, pair.requester))
        BlockedRequester.objects.get_or_create(customer=customer, requester=requester)
    return {"saved bills": moved}
