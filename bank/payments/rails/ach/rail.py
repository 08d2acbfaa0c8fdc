"""The ACH rail: released orders go out together as one NACHA file, files of the operator come in.

The exchange of files stands for the operator's SFTP folders, over HTTP: ``PUT /outbound/<name>`` lays
a file there (a digest goes with it), ``GET /inbound`` lists what waits, ``DELETE`` once it is kept.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from bank.kernel import checkdigits, clock
from bank.kernel.calendars import calendar
from bank.messages.ach import records, writing
from bank.messages.canonical import Fault
from bank.messages.errors import FormatError
from bank.payments import errors, transport
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    NetworkRail,
    Outgoing,
    Received,
    Rejected,
    Settled,
)
from bank.payments.rail import Capabilities, Destination, Instruction
from bank.payments.rails.ach import events, orders, reports

FILE: Final = "NACHA"
NOT_RECEIVED: Final = "NOT_RECEIVED"
_DAYS: Final = "USD"
_MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_TWICE: Final = "DUPLICATE_FILE"


class AchRail(NetworkRail):
    """Credits to accounts in the United States. The bank is the originating bank (ODFI) and the
    receiving one (RDFI) of what comes; it collects nothing by ACH.
    """

    code = "ACH"
    settlement_role = "NOSTRO"
    gathers = True
    prenote_days = 3
    capabilities = Capabilities(
        currencies=frozenset({"USD"}),
        countries=frozenset({"US"}),
        minimum=None,
        maximum=Decimal(orders.MOST_CENTS) / 100,
        opens=None,
        cut_off=None,
        fee_event="INTERBANK_TRANSFER",
        typical_s=24 * 60 * 60,
        is_recallable=False,
        calendar=_DAYS,
    )

    @property
    def is_available(self) -> bool:
        return bool(transport.address(self.code) and transport.key(self.code))

    def reaches(self, destination: Destination) -> bool:
        """Banks with a routing number."""
        return (
            self.is_available
            and not destination.is_internal
            and destination.currency == "USD"
            and destination.country in {"US", ""}
            and checkdigits.aba_valid(destination.agent)
            and destination.agent != settings.BANK_ACH_ROUTING
        )

    def check(self, instruction: Instruction) -> list[Fault]:
        return orders.faults(instruction)

    def emit(self, instructions: Sequence[Instruction]) -> list[Outgoing]:
        """One file with all of them, a batch for each debtor, class, purpose and day."""
        if not instructions:
            return []
        return [self._file(instructions)]

    def prenote(self, instructions: Sequence[Instruction]) -> Outgoing:
        """A file that tries the payees' accounts without money (prenotifications, codes 23 and 33)."""
        return self._file(instructions, is_prenote=True)

    def _file(self, instructions: Sequence[Instruction], *, is_prenote: bool = False) -> Outgoing:
        references = tuple(each.reference for each in instructions)
        effective = {each.reference: _effective(each.requested_date) for each in instructions}
        odfi = settings.BANK_ACH_ROUTING[:8]
        made = orders.batches(instructions, odfi=odfi, effective=effective, is_prenote=is_prenote)
        if settings.RAIL_ACH_OFFSET_ACCOUNT and not is_prenote:
            made = [_balanced(each) for each in made]
        digest = hashlib.sha256(f"{'23' if is_prenote else '22'} {' '.join(references)}".encode()).hexdigest()
        return Outgoing(f"ACH{digest[:24].upper()}", FILE, self._rendered(made, digest), references)

    def _rendered(self, batches: list[records.Batch], digest: str) -> str:
        """The file; modifier and reference are drawn from what it holds, for the rail counts no files."""
        parties = writing.Parties(
            destination=settings.ACH_OPERATOR_ROUTING,
            destination_name="ACH OPERATOR",
            origin=settings.BANK_ACH_ROUTING,
            origin_name=orders.plain(settings.BANK_NAME).upper(),
        )
        modifier = _MODIFIERS[int(digest[:8], 16) % len(_MODIFIERS)]
        made = writing.file(
            parties, batches, created_at=clock.local_now(), modifier=modifier, reference=digest[:8].upper()
        )
        return writing.render(made)

    def send(self, outgoing: Outgoing) -> list[Event]:
        """The operator says at once that it has the file; what it makes of it, in an acknowledgement."""
        content = outgoing.content.encode("ascii")
        headers = self._credentials() | {"X-SHA256": hashlib.sha256(content).hexdigest()}
        try:
            transport.call(
                self.code,
                "PUT",
                f"/outbound/{outgoing.key}",
                body=content,
                headers=headers,
                about=outgoing.key,
            )
        except errors.NetworkSaysNo as refusal:
            if refusal.params["reason"] == _TWICE:
                raise errors.NetworkUnclear(rail=self.code, reference=outgoing.key) from refusal
            raise
        return [Acknowledged(reference) for reference in outgoing.references]

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {transport.key(self.code)}", "X-Routing": settings.BANK_ACH_ROUTING}

    def ingest(self, content: bytes, headers: Mapping[str, str]) -> Received:
        """A file the bank fetched itself; nobody posts ACH files to it, so what is posted is forged."""
        if ":path" in headers:
            raise errors.NetworkMessageForged(rail=self.code)
        try:
            kind, found = self._read(content)
        except FormatError as refusal:
            raise self._unreadable(refusal.message) from refusal
        except (events.Unreadable, reports.Unreadable) as refusal:
            raise self._unreadable(str(refusal)) from refusal
        return Received(hashlib.sha256(content).hexdigest()[:40], kind, tuple(found))

    def _read(self, content: bytes) -> tuple[str, list[Event]]:
        if reports.is_report(content):
            return content.partition(b",")[0].decode("ascii"), list(events.of_report(content))
        file = events.whole(content)
        if file.header is None or file.header["destination"] != settings.BANK_ACH_ROUTING:
            raise errors.NetworkMessageForged(rail=self.code)
        return FILE, list(events.of_file(file))

    def _unreadable(self, problem: str) -> errors.NetworkMessageUnreadable:
        return errors.NetworkMessageUnreadable(rail=self.code, problem=problem)

    def collect(self) -> list[bytes]:
        """The files in the inbound folder, oldest first."""
        names = self._get("/inbound").json()["files"]
        return [self._get(f"/inbound/{name}").content for name in names]

    def _get(self, path: str) -> Any:
        return transport.call(self.code, "GET", path, headers=self._credentials())

    def collected(self, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        transport.call(self.code, "DELETE", f"/inbound/{digest}", headers=self._credentials())

    def query(self, reference: str, network_reference: str) -> list[Event]:
        """The operator's search for an entry by what its originator calls it."""
        found = self._get(f"/entries/{orders.identification(reference)}").json()
        answers: dict[str, Callable[[], list[Event]]] = {
            "SETTLED": lambda: [Settled(reference, str(found["item"]))],
            "REJECTED": lambda: [Rejected(reference, str(found["reason"]), network_reference="")],
            NOT_RECEIVED: lambda: [Rejected(reference, NOT_RECEIVED, "The operator never had this entry.")],
        }
        answer = answers.get(str(found.get("status")))
        return answer() if answer else []

    def give_back(self, incoming: Incoming, reason: str) -> Outgoing | None:
        """A file with one return entry, named as the operator's report will name the entry; none where the
        item's number is not one of ours to read."""
        parts = incoming.network_reference.split("-")
        if len(parts) != 4:
            return None
        _day, trace, kind, code = parts
        order = writing.Order(
            transaction_code=f"{code[0]}1",
            routing=incoming.debtor_agent,
            account=incoming.creditor_number,
            amount=int(incoming.amount.amount * 100),
            name=incoming.creditor_name,
            identification=incoming.end_to_end_id,
            sequence=orders.sequences([incoming.network_reference])[incoming.network_reference],
        )
        odfi = settings.BANK_ACH_ROUTING[:8]
        entry = writing.returned(
            order, kind, odfi=odfi, reason=events.return_reason(reason), original_trace=trace
        )
        company = writing.Company(incoming.debtor_name, incoming.debtor_number, "RETURN")
        batch = writing.batch_of(
            company, [entry], entry_class=kind, odfi=odfi, number=1, effective=_effective(None)
        )
        digest = hashlib.sha256(f"return {incoming.network_reference}".encode()).hexdigest()
        content = self._rendered([batch], digest)
        made = events.whole(content.encode("ascii"))
        named = events.item(made, made.batches[0], made.batches[0].entries[0])
        return Outgoing(named, FILE, content, ())

    def day(self, business_day: str) -> list[NetworkEntry]:
        """The operator's settlement report of a day."""
        report = reports.read_settlement(self._get(f"/settlement/{business_day}").content)
        return [
            NetworkEntry(
                each.number,
                orders.reference(each.identification) if each.is_ours else "",
                events.cents(each.cents),
            )
            for each in report.items
        ]


def _effective(wanted: date | None) -> date:
    """The day asked for, or today; the next business day of the network where that is none."""
    return calendar(_DAYS).next_or_same(max(wanted or clock.today(), clock.today()))


def _balanced(batch: records.Batch) -> records.Batch:
    return writing.balanced(
        batch,
        routing=settings.BANK_ACH_ROUTING,
        account=settings.RAIL_ACH_OFFSET_ACCOUNT,
        name=orders.plain(settings.BANK_NAME),
    )


RAIL = AchRail()
