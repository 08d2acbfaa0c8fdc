"""What accounts do when a business day closes: fees, arrears, overdrafts that end, dormancy, versions."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from bank.accounts import selectors, services
from bank.runtime.steps import Day, Part, Phase, Step


def charge_fees(day: Day, cursor: str) -> Part:
    """The fees of the month that ends."""
    month = day.business_date.replace(day=1)
    done, unpaid, last = services.charge_month(month, on=day.business_date, after=int(cursor or 0))
    return Part(done, None if last is None else str(last), failed=unpaid)


def collect(day: Day, cursor: str) -> Part:
    """What is owed from earlier, as far as there is money now."""
    done, still, last = services.collect_arrears(on=day.business_date, after=int(cursor or 0))
    return Part(done, None if last is None else str(last), failed=still)


def migrate(day: Day, cursor: str) -> Part:
    """Accounts whose day to move to another version comes before the next day ends."""
    moved, following = services.migrate_some(until=day.next_date)
    return Part(moved, following)


def clear_cheques(day: Day, cursor: str) -> Part:
    """Deposited cheques whose second business day this is."""
    done, refused, last = services.clear_cheques(on=day.business_date, after=int(cursor or 0))
    return Part(done, None if last is None else str(last), failed=refused)


def expire_overdrafts(day: Day, cursor: str) -> Part:
    """Overdrafts that end with the day, and those still being paid back."""
    done, unpaid, last = services.expire_overdrafts(on=day.last, after=int(cursor or 0))
    return Part(done, None if last is None else str(last), failed=unpaid)


def review_idle(day: Day, cursor: str) -> Part:
    """Accounts nobody used for long."""
    done, more = services.review_idle(on=day.last)
    return Part(done, "more" if more else None)


def _reviews(day: Day) -> int:
    return selectors.reviews_due(day.last).count()


def ends_month(day: Day) -> bool:
    return day.ends_month


STEPS: Final = (
    Step("CHEQUE_CLEARING", _("Cheques that clear"), Phase.COLLECT, clear_cheques),
    Step(
        "ACCOUNT_ARREARS",
        _("Charges in arrears"),
        Phase.CHARGE,
        collect,
        count=lambda _day: selectors.arrears().count(),
    ),
    Step("ACCOUNT_FEES", _("Fees of the month"), Phase.CHARGE, charge_fees, due=ends_month),
    Step("OVERDRAFT_EXPIRY", _("Overdrafts that end"), Phase.LEND, expire_overdrafts),
    Step("DORMANCY", _("Accounts nobody uses"), Phase.REVIEW, review_idle, count=_reviews),
    Step("PRODUCT_MIGRATION", _("Accounts moved to another version"), Phase.REVIEW, migrate),
)
