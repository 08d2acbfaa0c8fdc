"""The switch: takes sealed messages, checks, settles between members, and lays its answers ready.

- ``POST /messages`` a pacs.008, pacs.004, camt.056 or camt.029; ``GET /messages`` what waits for the member;
  ``DELETE /messages/<id>`` once it has it; ``POST /enquiries`` a pacs.028, answered by a pacs.002;
- ``GET /statements?date=`` the camt.053 of a day; ``GET /_positions`` what members have;
- ``POST /_incoming`` {"amount": "1500.00", "creditor_number": "…"} makes another bank pay;
- ``POST /_recall`` {"reference": "SW0000000001", "reason": "DUPL"} makes the payer's bank want it back;
  ``GET /_recalls`` what became of such wishes;
- ``POST /_members`` {"bic": "…", "code": "…", "name": "…"} enrols one.

The same message twice is taken once; the same transaction in another message is refused (AM05).
"""

import hashlib
import hmac
import json
import os
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages.errors import SealBroken
from bank.messages.interbank import envelope, movements, outcomes, recalls, transfers
from bank.messages.interbank.records import (
    Header,
    Movement,
    Original,
    Recall,
    RecallAnswer,
    Return,
    SettlementAccount,
    Status,
    Transfer,
)
from bank.payments.rails.iso20022.sandbox import store
from bank.payments.rails.iso20022.sandbox.store import Payment, Store
from bank.payments.sandbox import Behaviour, Request, Response, Sandbox, What

_DEFAULT_REASONS: Final = {What.REJECT: "AC01", What.RETURN: "AC04"}


class _Refused(Exception):
    """The whole message is refused."""

    def __init__(self, reason: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.reason, self.sentence, self.status = reason, sentence, status


class InterbankSwitch(Sandbox):
    """Speaks ISO 20022 to whoever shares its key."""

    code: ClassVar[str] = "EFT"
    schema = store.SCHEMA

    def __init__(self, directory: Path | None = None) -> None:
        super().__init__(directory)
        self.own = os.environ.get("BANK_BIC", "UMOJKENA")
        self.bic = os.environ.get("INTERBANK_SWITCH_BIC", "SWCHKENA")
        self.key = os.environ.get(f"RAIL_{self.code}_KEY", f"sandbox-{self.code.lower()}")
        self.books = Store(self.store, self.own)

    def behave(self, behaviour: Behaviour) -> None:
        """ACCEPT, REJECT or RETURN is done at once to payments that were delayed and match."""
        waiting = self.books.pending(behaviour.match)
        if waiting and behaviour.what in {What.ACCEPT, What.REJECT, What.RETURN}:
            with self._at_once():
                self._decide([(payment, behaviour) for payment in waiting])
        else:
            super().behave(behaviour)

    def answer(self, request: Request) -> Response:
        path, _mark, query = request.path.partition("?")
        own = {
            "/_positions": self._positions,
            "/_incoming": self._incoming,
            "/_members": self._enrol,
            "/_recall": self._want_back,
            "/_recalls": self._wanted_back,
        }
        if path in own:
            return own[path](request)
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self.key}"):
            return Response.of({"reason": "UNAUTHORISED", "sentence": "Show the key of a member."}, 401)
        try:
            return self._of_member(request, path, query)
        except _Refused as refusal:
            return Response.of({"reason": refusal.reason, "sentence": refusal.sentence}, refusal.status)
        except BankError as refusal:
            status = 403 if isinstance(refusal, SealBroken) else 400
            return Response.of({"reason": refusal.code, "sentence": refusal.message}, status)

    def _of_member(self, request: Request, path: str, query: str) -> Response:
        member = request.headers.get("x-member", "")
        if request.method == "POST" and path == "/messages":
            return self._take(request.body)
        if request.method == "POST" and path == "/enquiries":
            return self._enquiry(request.body)
        if request.method == "GET" and path == "/messages":
            waiting = [{"content": content} for content in self.books.waiting(member)]
            return Response.of({"messages": waiting})
        if request.method == "DELETE" and path.startswith("/messages/"):
            self.books.taken(member, path.removeprefix("/messages/"))
            return Response(204)
        day = re.search(r"date=(\d{4}-\d\d-\d\d)", query)
        if request.method == "GET" and path == "/statements" and day:
            return Response(
                200, self._statement(member, date.fromisoformat(day[1])).encode(), "application/xml"
            )
        return Response.of({"reason": "NOT_FOUND", "sentence": "The switch knows no such address."}, 404)

    def _take(self, body: bytes) -> Response:
        """A message, once: all of it is written down, or nothing."""
        opened = envelope.opened(body, self.key)
        header = opened.header
        if not self.books.member(header.sender) or header.receiver != self.bic:
            raise _Refused("RC03", "The sender is no member, or the message is not to the switch.", 403)
        digest = hashlib.sha256(body).hexdigest()
        before = self.books.digest_of(header.sender, header.message_id)
        if before and before != digest:
            raise _Refused("DU01", f"Message {header.message_id} was sent before, with other content.", 409)
        if before:
            return Response.of({"taken": header.message_id, "again": True}, 202)
        act = self._acts().get(opened.message)
        if act is None:
            raise _Refused("FF01", f"The switch takes no {opened.message}.")
        with self._at_once():
            self.books.take(header.sender, header.message_id, digest)
            is_silent = act(opened, body.decode())
        return Response(504) if is_silent else Response.of({"taken": header.message_id}, 202)

    def _acts(self) -> dict[str, Callable[[envelope.Opened, str], bool]]:
        return {
            transfers.MESSAGE: self._on_transfers,
            outcomes.RETURN: self._on_return,
            recalls.RECALL: self._on_recall,
            recalls.ANSWER: self._on_answer,
        }

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self.store.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.store.execute("ROLLBACK")
            raise
        self.store.execute("COMMIT")

    def _ordered(self, said: str) -> Behaviour:
        """What was ordered for this. Raises ``_Refused`` where the switch is to be down."""
        behaviour = self.behaviour_for(said)
        if behaviour.what is What.DOWN:
            raise _Refused("DOWN", "The switch is closed.", 503)
        return behaviour

    def _on_transfers(self, opened: envelope.Opened, said: str) -> bool:
        """Every transfer has its own outcome. True where the connection is to stay without an answer."""
        header = opened.header
        found = [self._addressed(one) for one in transfers.read(opened.content, today=clock.today())]
        ordered = [self._ordered(_said(transfer)) for transfer in found]
        refused: list[Status] = []
        decided: list[tuple[Payment, Behaviour]] = []
        for transfer, behaviour in zip(found, ordered, strict=True):
            reason = self._problem(transfer, header)
            if reason:
                refused.append(_refusal(transfer, reason))
                continue
            times = 2 if behaviour.what is What.DUPLICATE else 1
            payment = self.books.add(transfer, header.message_id, _said(transfer), times)
            if behaviour.what is not What.DELAY:
                decided.append((payment, behaviour))
        self._tell(header.sender, Original(header.message_id, opened.message), refused, 1)
        self._decide(decided)
        return any(behaviour.what is What.TIMEOUT for behaviour in ordered)

    def _addressed(self, transfer: Transfer) -> Transfer:
        """With the payee's bank by its BIC; without one where it is no member."""
        return replace(transfer, creditor_agent=self.books.member(transfer.creditor_agent))

    def _problem(self, transfer: Transfer, header: Header) -> str:
        """Why a transfer is refused before anything is settled: a status reason; empty where it is not."""
        if transfer.debtor_agent != header.sender:
            return "RC03"
        if transfer.creditor_agent in {"", header.sender}:
            return "RC04"
        if self.books.payment(header.sender, transfer.transaction_id) or self.books.has_uetr(transfer.uetr):
            return "AM05"
        return "" if transfer.amount.currency == store.CURRENCY and transfer.amount.is_positive else "AM03"

    def _decide(self, decided: Sequence[tuple[Payment, Behaviour]]) -> None:
        """Settles, refuses or returns payments, and tells the senders: one pacs.002 a message."""
        by_message: dict[tuple[str, str, int], list[Status]] = {}
        for payment, behaviour in decided:
            status = self._settled(payment, behaviour)
            key = (payment.sender, payment.message_id, payment.times)
            by_message.setdefault(key, []).append(status)
        for (sender, message_id, times), statuses in by_message.items():
            self._tell(sender, Original(message_id, transfers.MESSAGE), statuses, times)
        for payment, behaviour in decided:
            if behaviour.what is What.RETURN:
                self._return(payment, behaviour.reason or _DEFAULT_REASONS[What.RETURN])

    def _settled(self, payment: Payment, behaviour: Behaviour) -> Status:
        reason = ""
        if behaviour.what is What.REJECT:
            reason = behaviour.reason or _DEFAULT_REASONS[What.REJECT]
        elif self.books.balance(payment.sender) < payment.cents:
            reason = "AM04"
        status = "RJCT" if reason else "ACSC"
        self.books.mark(payment, status, reason)
        if not reason:
            self.books.move(payment, reference=payment.reference, day=clock.today().isoformat())
        return _status(payment, status, reason)

    def _tell(self, member: str, original: Original, statuses: Sequence[Status], times: int) -> None:
        if statuses:
            header = self._header(member)
            body = outcomes.status_body(header, original, statuses)
            self._put(header, outcomes.STATUS, body, times)

    def _return(self, payment: Payment, reason: str) -> None:
        """Sends a settled payment back to its sender."""
        header = self._header(payment.sender)
        day = clock.today()
        back = Return(
            return_id=f"RT{payment.number:010}",
            amount=payment.amount,
            reason=reason,
            settles_on=day,
            original_transaction_id=payment.transaction_id,
            original_uetr=payment.uetr,
            original_clearing_reference=payment.reference,
            original_end_to_end_id=payment.end_to_end_id,
        )
        self.books.mark(payment, "RTRN", reason)
        self.books.move(payment, reference=back.return_id, day=day.isoformat(), is_return=True)
        original = Original(payment.message_id, transfers.MESSAGE)
        self._put(header, outcomes.RETURN, outcomes.return_body(header, original, back), payment.times)

    def _on_return(self, opened: envelope.Opened, said: str) -> bool:
        """A member gives back what nobody there can have."""
        behaviour = self._ordered(said)
        for back in outcomes.read_returns(opened.content, today=opened.header.created_at.date()):
            payment = self.books.numbered(back.original_clearing_reference)
            if payment is None or payment.receiver != opened.header.sender or payment.status != "ACSC":
                raise _Refused("NOOR", "The switch settled no such payment, or it went back before.")
            if back.amount != payment.amount:
                raise _Refused("AM09", "The switch gives back whole payments only.")
            self.books.mark(payment, "RTRN", back.reason)
            self.books.grant_wishes(payment.reference)
            day = back.settles_on.isoformat()
            self.books.move(payment, reference=back.return_id, day=day, is_return=True)
        return behaviour.what is What.TIMEOUT

    def _on_recall(self, opened: envelope.Opened, said: str) -> bool:
        """The payee's bank agrees, unless it was told otherwise; then the money comes back."""
        behaviour = self._ordered(said)
        for wish in recalls.read_recalls(opened.content):
            payment = self.books.payment(opened.header.sender, wish.transaction_id)
            if payment is None or payment.status not in {"ACSC", "PDNG"}:
                self._answer(opened.header, wish, "NOOR")
            elif behaviour.what is What.REJECT:
                self._answer(opened.header, wish, behaviour.reason or "CUST")
            elif behaviour.what is not What.DELAY:
                self._answer(opened.header, wish, "")
                if payment.status == "PDNG":
                    self._decide([(payment, Behaviour())])
                self._return(payment, "FOCR")
        return behaviour.what is What.TIMEOUT

    def _on_answer(self, opened: envelope.Opened, said: str) -> bool:
        """A member says no to a wish that was laid before it; yes is a return."""
        behaviour = self._ordered(said)
        for answer in recalls.read_answers(opened.content):
            if answer.is_accepted or not self.books.answer_wish(answer.recall_id, answer.reason):
                raise _Refused("NOOR", "The switch waits for no such answer.")
        return behaviour.what is What.TIMEOUT

    def _want_back(self, request: Request) -> Response:
        """The payer's bank asks a payment back that another member has."""
        asked = json.loads(request.body)
        payment = self.books.numbered(str(asked.get("reference", "")))
        reason = str(asked.get("reason", "DUPL"))
        with self._at_once():
            wish = Recall(
                recall_id=f"CX{self.books.count():010}",
                transaction_id=payment.transaction_id if payment else "UNKNOWN",
                uetr=payment.uetr if payment else str(uuid.uuid4()),
                amount=Money.of(str(asked["amount"]), store.CURRENCY)
                if "amount" in asked
                else _amount(payment),
                reason=reason,
                clearing_reference=payment.reference if payment else str(asked.get("reference", "")),
                sentence=str(asked.get("sentence", "")),
            )
            self.books.wish(wish.recall_id, wish.clearing_reference)
            header = self._header(self.own)
            body = recalls.recall_body(header, wish)
            self._put(header, recalls.RECALL, body, int(asked.get("times", 1)))
        return Response.of({"recall": wish.recall_id})

    def _wanted_back(self, request: Request) -> Response:
        return Response.of(self.books.wishes())

    def _answer(self, asked: Header, wish: Recall, reason: str) -> None:
        header = self._header(asked.sender)
        answer = RecallAnswer(wish.recall_id, wish.transaction_id, not reason, wish.uetr, reason)
        self._put(header, recalls.ANSWER, recalls.answer_body(header, answer), 1)

    def _enquiry(self, body: bytes) -> Response:
        opened = envelope.opened(body, self.key)
        self._ordered(body.decode())
        asked = outcomes.read_enquiry(opened.content)
        payment = self.books.payment(opened.header.sender, asked)
        if payment is None:
            status = Status(
                asked, "RJCT", reason="NOT_RECEIVED", sentence="The switch never had this payment."
            )
        else:
            status = _status(payment, "ACSC" if payment.status == "RTRN" else payment.status, payment.reason)
        header = self._header(opened.header.sender)
        original = Original(opened.header.message_id, outcomes.ENQUIRY)
        answer = envelope.sealed(
            header, outcomes.STATUS, outcomes.status_body(header, original, [status]), self.key
        )
        return Response(200, answer.encode(), "application/xml")

    def _statement(self, member: str, day: date) -> str:
        if not self.books.member(member):
            raise _Refused("RC03", "The sender is no member.", 403)
        header = self._header(member)
        rows = self.books.movements(member, day.isoformat())
        opening = self.books.balance(member, day.isoformat())
        account = self._account(member, day, opening, opening + sum(row["cents"] for row in rows))
        body = movements.statement_body(header, account, [_movement(row) for row in rows])
        return envelope.sealed(header, movements.STATEMENT, body, self.key)

    def _account(self, member: str, day: date, opening: int, closing: int) -> SettlementAccount:
        return SettlementAccount(
            number=f"{self.code}-{member}",
            currency=store.CURRENCY,
            owner=member,
            opening=store.money(opening).amount,
            closing=store.money(closing).amount,
            day=day,
        )

    def _header(self, member: str) -> Header:
        number = self.books.count()
        return Header(f"{self.code}{number:012}", self.bic, member, clock.now().replace(microsecond=0))

    def _put(self, header: Header, message: str, body: Any, times: int) -> None:
        content = envelope.sealed(header, message, body, self.key)
        if header.receiver == self.own:
            self.books.put(header.receiver, header.message_id, content, times)

    def _positions(self, request: Request) -> Response:
        return Response.of(self.books.positions())

    def _enrol(self, request: Request) -> Response:
        asked = json.loads(request.body)
        self.books.enrol(str(asked["bic"]), str(asked.get("code", "")), str(asked.get("name", asked["bic"])))
        return Response.of({"members": len(self.books.positions())})

    def _incoming(self, request: Request) -> Response:
        """Another bank pays: settled at once, told by pacs.008 and camt.054."""
        try:
            asked = json.loads(request.body)
            transfer = self._from_elsewhere(asked)
        except (BankError, KeyError, ValueError, TypeError) as problem:
            return Response.of({"reason": "FF01", "sentence": f"Not a payment: {problem!r}"[:200]}, 400)
        with self._at_once():
            payment = self.books.add(transfer, transfer.transaction_id, _said(transfer), 1)
            day = payment.settles_on
            before = self.books.balance(self.own)
            self.books.mark(payment, "ACSC")
            self.books.move(payment, reference=payment.reference, day=day.isoformat())
            header = self._header(self.own)
            told = replace(transfer, clearing_reference=payment.reference)
            body = transfers.body(header, [told], instrument=self.code)
            self._put(header, transfers.MESSAGE, body, int(asked.get("times", 1)))
            header = self._header(self.own)
            account = self._account(self.own, day, before, before + payment.cents)
            movement = _movement(self.books.movements(self.own, day.isoformat())[-1])
            body = movements.notification_body(header, account, movement)
            self._put(header, movements.NOTIFICATION, body, 1)
        return Response.of({"reference": payment.reference, "uetr": payment.uetr})

    def _from_elsewhere(self, asked: dict[str, Any]) -> Transfer:
        number = self.books.count()
        return Transfer(
            transaction_id=f"TX{self.code}{number:010}",
            uetr=str(asked.get("uetr") or uuid.uuid4()),
            amount=Money.of(str(asked["amount"]), store.CURRENCY),
            settles_on=date.fromisoformat(asked["date"]) if "date" in asked else clock.today(),
            debtor_name=str(asked.get("debtor_name", "Juma Otieno")),
            debtor_account=str(asked.get("debtor_number", "0110200300400")),
            debtor_agent=str(asked.get("debtor_agent", store.MEMBERS[0][0])),
            creditor_name=str(asked.get("creditor_name", "A customer")),
            creditor_account=str(asked["creditor_number"]),
            creditor_agent=self.own,
            end_to_end_id=str(asked.get("end_to_end_id", "")),
            remittance=str(asked.get("remittance", "")),
        )


def _amount(payment: Payment | None) -> Money:
    return payment.amount if payment else store.money(1_00)


def _said(transfer: Transfer) -> str:
    """Everything a transfer says, for ``Behaviour.match``."""
    return " ".join(str(value) for value in asdict(transfer).values())


def _refusal(transfer: Transfer, reason: str) -> Status:
    return Status(transfer.transaction_id, "RJCT", transfer.uetr, reason=reason)


def _status(payment: Payment, status: str, reason: str) -> Status:
    at = clock.now().replace(microsecond=0) if status == "ACSC" else None
    return Status(payment.transaction_id, status, payment.uetr, payment.reference, reason, at=at)


def _movement(row: Any) -> Movement:
    return Movement(
        network_reference=row["reference"],
        transaction_id=row["transaction_id"],
        amount=store.money(row["cents"]),
        booked_on=date.fromisoformat(row["day"]),
        uetr=row["uetr"],
        end_to_end_id=row["end_to_end_id"],
        is_return=bool(row["is_return"]),
        is_ours=bool(row["is_own"]),
    )
