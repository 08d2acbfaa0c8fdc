"""The way of lines to other banks: each place is looked up once, each amount held against its rails."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from bank.cif.models import Customer
from bank.kernel import checkdigits, clock
from bank.kernel.calendars import calendar
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages.canonical import CreditTransfer, Fault
from bank.payments import directory, errors, rail, routing, selectors
from bank.payments.line_checks import CheckedLine, KnownAccount, Way
from bank.payments.models import Institution
from bank.payments.rail import Destination, Instruction, Rail
from bank.payments.services import listing, trials

_PREVIEW = "PAY-0000-0000-0000"


@dataclass(slots=True)
class FileWays:
    """Ways as ``line_checks.Ways``. The rail that arrives first carries a line."""

    now: datetime = field(default_factory=lambda: timezone.localtime(clock.now()))
    _places: dict[str, Institution | BankError] = field(default_factory=dict)
    _reaching: dict[tuple[str, str, str], list[Rail]] = field(default_factory=dict)

    def of(
        self, transfer: CreditTransfer, debtor: KnownAccount, amount: Money
    ) -> tuple[Way | None, list[Fault]]:
        """One query for each bank a file names."""
        agent = transfer.creditor_agent.bic or transfer.creditor_agent.clearing_member
        if not agent:
            sentence = "Name the payee's bank by its BIC or code."
            return None, [
                Fault(transfer.line, "NO_RAIL", sentence, "CdtrAgt", transfer.creditor_account.number)
            ]
        place = self._place(agent)
        if isinstance(place, BankError):
            return None, [_unknown(transfer, agent, place)]
        there = Destination(place.number, place.country, amount.currency, is_internal=False)
        instruction = _preview(transfer, debtor, amount, place)
        why = [f"The bank has no rail for {place.number} in {amount.currency}."]
        for way in self._rails(there):
            misfit = routing.misfit(way, there, amount)
            faults = [one for one in way.check(instruction) if not one.is_warning] if misfit is None else []
            if misfit is None and not faults:
                return Way(way.code, place.number, place.country), self._rests(transfer, way)
            why = [misfit.sentence] if misfit else [one.sentence for one in faults]
        return None, [Fault(transfer.line, "NO_RAIL", one[:300], "CdtrAgt", agent[:140]) for one in why]

    def _rests(self, transfer: CreditTransfer, way: Rail) -> list[Fault]:
        """A warning where today is no business day of the rail: the line waits for the next one."""
        days, today = calendar(way.capabilities.calendar or "NONE"), self.now.date()
        leaves = routing.next_opening(way.capabilities, self.now)
        if leaves is None or days.is_business_day(today):
            return []
        why = days.holidays(today.year).get(today, "a weekend")
        sentence = f"Today is {why}: {way.code} takes this payment on {leaves.date()}."
        asked = transfer.information.requested_date_text
        return [
            Fault(transfer.line, "REQUESTED_DATE_HOLIDAY", sentence, "ReqdExctnDt", asked, is_warning=True)
        ]

    def _place(self, agent: str) -> Institution | BankError:
        if agent not in self._places:
            try:
                self._places[agent] = directory.institution(agent)
            except BankError as refusal:
                self._places[agent] = refusal
        return self._places[agent]

    def _rails(self, there: Destination) -> list[Rail]:
        key = (there.agent, there.country, there.currency)
        if key not in self._reaching:
            fit = [
                way
                for way in rail.every().values()
                if way.code != "INTERNAL" and way.is_available and way.reaches(there)
            ]
            self._reaching[key] = sorted(fit, key=lambda way: (self._arrives(way), way.code))
        return self._reaching[key]

    def _arrives(self, way: Rail) -> datetime:
        leaves = routing.next_opening(way.capabilities, self.now) or self.now
        return leaves + timedelta(seconds=way.capabilities.typical_s)


def _unknown(transfer: CreditTransfer, agent: str, refusal: BankError) -> Fault:
    """Named as what it is: an IFSC that no bank has, as is anything in rupees but an Indian BIC; or another
    number."""
    is_rupees = transfer.currency == "INR" and agent[4:6].upper() != "IN"
    if not is_rupees and not checkdigits.ifsc_valid(agent):
        return Fault(transfer.line, refusal.code, refusal.message, "CdtrAgt", agent[:140])
    sentence = f"No bank known here has the IFSC {agent[:35]}. Check it with the payee."
    return Fault(transfer.line, "IFSC_UNKNOWN", sentence, "CdtrAgt", agent[:140])


def tried(lines: list[CheckedLine], customer: Customer | None) -> list[CheckedLine]:
    """The lines, faulty where the payee's account is tried just now, was refused or is another one."""
    payees = [(line.way.agent, _payee(line).number) if line.way else ("", "") for line in lines]
    there = {payee for payee in payees if payee[0]}
    found = trials.refusals(customer, there) if customer is not None and there else {}
    return [
        _refused(line, found[payee]) if payee in found else line
        for line, payee in zip(lines, payees, strict=True)
    ]


def _refused(line: CheckedLine, refusal: BankError) -> CheckedLine:
    number = line.transfer.creditor_account.number[:140]
    fault = Fault(line.transfer.line, refusal.code, refusal.message[:300], "CdtrAcct", number)
    return replace(line, faults=(*line.faults, fault))


def looked_at(lines: list[CheckedLine]) -> list[CheckedLine]:
    """The lines with a remark where the bank will look at the payee before anything leaves; all that go
    elsewhere are held against the watch lists together."""
    payees = payees_elsewhere(lines)
    listed = listing.screen_payees(payees.values())
    return [_remarked(line) if payees.get(n) in listed else line for n, line in enumerate(lines)]


def payees_elsewhere(lines: list[CheckedLine]) -> dict[int, listing.Payee]:
    """Who gets money at another bank, by the place of the line."""
    return {n: _payee(line) for n, line in enumerate(lines) if line.is_valid and line.way is not None}


def _payee(line: CheckedLine) -> listing.Payee:
    assert line.way is not None
    number = "".join(line.transfer.creditor_account.number.split()).upper()
    return listing.Payee(line.transfer.creditor.name, number, line.way.agent, line.way.country)


def _remarked(line: CheckedLine) -> CheckedLine:
    said, name = errors.PayeeListed(), line.transfer.creditor.name[:140]
    remark = Fault(line.transfer.line, said.code, said.message, "Cdtr", name, is_warning=True)
    return replace(line, faults=(*line.faults, remark))


def leaves_at(code: str) -> datetime:
    """When the hub may next hand a rail something."""
    now = timezone.localtime(clock.now())
    return routing.next_opening(rail.every()[code].capabilities, now) or now


def _preview(
    transfer: CreditTransfer, debtor: KnownAccount, amount: Money, place: Institution
) -> Instruction:
    nothing = Money.zero(amount.currency)
    return Instruction(
        reference=_PREVIEW,
        debtor_number=debtor.number,
        debtor_name=debtor.name,
        creditor_number=transfer.creditor_account.number,
        creditor_name=transfer.creditor.name,
        amount=amount,
        fee=nothing,
        excise=nothing,
        fee_account="",
        excise_account="",
        remittance=" ".join(str(transfer.remittance).split())[:140],
        creditor_agent=place.number,
        creditor_country=place.country,
        debtor_agent=settings.BANK_BIC,
        end_to_end_id=transfer.end_to_end_id[:35],
        uetr="00000000-0000-4000-8000-000000000000",
        requested_date=selectors.today(),
        ultimate_debtor=transfer.on_behalf_of.name,
        ultimate_creditor=transfer.ultimate_creditor.name,
        purpose=transfer.purpose,
    )
