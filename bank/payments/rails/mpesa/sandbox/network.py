"""Daraja's paths, and what M-Pesa does behind them."""

import base64
import json
import re
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from bank.kernel import clock
from bank.payments.rails.mpesa import published
from bank.payments.rails.mpesa.sandbox import bodies, store
from bank.payments.sandbox import Behaviour, Request, Response, Sandbox, What

_LASTS_S: Final = 3599
_MOST: Final = 150_000
_LEAST: Final = 10
_PHONE = re.compile(r"254[17]\d{8}")
_ERROR = re.compile(r"\d{3}\.\d{3}\.\d{2,4}")
_B2C: Final = "Business Payment to Customer via API"
_WAIT_S: Final = 10


class Daraja(Sandbox):
    """One paybill, one bulk account, one bank."""

    code = "MPESA"
    schema = store.SCHEMA

    def __init__(self, directory: Path | None = None) -> None:
        super().__init__(directory)
        self._key, self._certificate = self._keys()
        self._token = ""
        self._paths: dict[str, Callable[[dict[str, Any], str], Response]] = {
            "/mpesa/b2c/v3/paymentrequest": self._pay,
            "/mpesa/transactionstatus/v1/query": self._ask,
            "/mpesa/reversal/v1/request": self._reverse,
            "/mpesa/c2b/v2/registerurl": self._register,
            "/mpesa/c2b/v2/simulate": self._simulate,
            "/mpesa/stkpush/v1/processrequest": self._push,
            "/mpesa/stkpushquery/v1/query": self._ask_push,
            "/pulltransactions/v1/query": self._pull,
        }

    def answer(self, request: Request) -> Response:
        path, _mark, query = request.path.partition("?")
        if path == "/certificate.pem":
            return Response(body=self._certificate.encode(), content_type="application/x-pem-file")
        if path == "/oauth/v1/generate":
            return self._authorise(request.headers.get("authorization", ""))
        if request.headers.get("authorization") != f"Bearer {self._token}" or not self._token:
            return bodies.error("401.003.01", "Error Occurred - Invalid Access Token")
        if path == "/statement":
            asked = dict(part.split("=", 1) for part in query.split("&"))
            text = store.statement(self.store, asked["ShortCode"], asked["Date"])
            return Response(body=text.encode(), content_type="text/csv")
        if path not in self._paths:
            return bodies.error("404.001.03", "Resource not found")
        return self._posted(self._paths[path], request.body.decode())

    def _posted(self, does: Callable[[dict[str, Any], str], Response], text: str) -> Response:
        try:
            asked = json.loads(text)
            return does(asked, text)
        except (ValueError, KeyError, TypeError) as error:
            return bodies.error("400.002.02", f"Bad Request - Invalid {str(error)[:60]}")

    def behave(self, behaviour: Behaviour) -> None:
        """ACCEPT for something held lets it go on; everything else waits for what comes next."""
        held = self.store.execute("SELECT * FROM payment WHERE state = 'Held' ORDER BY rowid").fetchall()
        freed = [row for row in held if behaviour.match in f"{row['reference']} {row['phone']}"]
        if behaviour.what is not What.ACCEPT or not freed:
            super().behave(behaviour)
            return
        for row in freed:
            self._finish(row, "0", times=1)

    def _authorise(self, header: str) -> Response:
        known = f"{published.CONSUMER_KEY}:{published.CONSUMER_SECRET}"
        if header != f"Basic {base64.b64encode(known.encode()).decode()}":
            return bodies.error("400.008.01", "Invalid Authentication passed")
        self._token = self._token or secrets.token_urlsafe(21)
        return Response.of({"access_token": self._token, "expires_in": str(_LASTS_S)})

    def forget_token(self) -> None:
        """As Daraja does when another system of the same customer asks for one."""
        self._token = ""

    # --- payments out

    def _pay(self, asked: dict[str, Any], text: str) -> Response:
        behaviour = self.behaviour_for(text)
        if behaviour.what is What.DOWN:
            return Response(503, b"")
        if problem := self._problem(asked):
            return bodies.error("400.002.02", f"Bad Request - Invalid {problem}")
        if behaviour.what is What.REJECT and _ERROR.fullmatch(behaviour.reason):
            return bodies.error(behaviour.reason, "Refused as it was told to.")
        if store.one(self.store, "reference", asked["OriginatorConversationID"]):
            return bodies.error("500.002.1001", "[B2C] - Duplicate OriginatorConversationID.")
        row = store.add(
            self.store,
            kind=_B2C,
            short_code=asked["PartyA"],
            phone=asked["PartyB"],
            amount=asked["Amount"],
            reference=asked["OriginatorConversationID"],
            asked=asked["ResultURL"],
            state="Held",
        )
        self._settle(row, behaviour, asked)
        if behaviour.what is What.TIMEOUT and behaviour.reason != "QUEUE":
            return Response(504, b"")
        return bodies.accepted(row["conversation"], row["reference"])

    def _settle(self, row: Any, behaviour: Behaviour, asked: dict[str, Any]) -> None:
        what = behaviour.what
        if what is What.DELAY:
            return
        if what is What.TIMEOUT:
            self._finish(row, "0", times=0)
            if behaviour.reason == "QUEUE":
                late = bodies.result(row["reference"], row["conversation"], "1", row["receipt"], {})
                self._tell(asked["QueueTimeOutURL"], late)
            return
        code = (behaviour.reason or "1") if what is What.REJECT else "0"
        self._finish(row, code, times=2 if what is What.DUPLICATE else 1)
        if what is What.RETURN:
            self._take_back(row, "Business Payment Reversal", row["reference"])

    def _problem(self, asked: dict[str, Any]) -> str:
        if asked["InitiatorName"] != published.INITIATOR or not self._knows(asked["SecurityCredential"]):
            return "SecurityCredential"
        if not asked["Amount"].isdigit() or not _LEAST <= int(asked["Amount"]) <= _MOST:
            return "Amount"
        if asked["PartyA"] != published.BULK_ACCOUNT:
            return "PartyA"
        return "" if _PHONE.fullmatch(asked["PartyB"]) else "PartyB"

    def _finish(self, row: Any, code: str, *, times: int) -> None:
        """Pays or refuses, and tells the address that was given."""
        state = "Completed" if code == "0" else "Failed"
        reason = bodies.SENTENCES.get(code, "")
        self.store.execute(
            "UPDATE payment SET state = ?, reason = ? WHERE receipt = ?", (state, reason, row["receipt"])
        )
        done = bodies.paid(row) if code == "0" else {}
        told = bodies.result(row["reference"], row["conversation"], code, row["receipt"], done)
        for _ in range(times):
            self._tell(row["asked"], told)

    def _take_back(self, row: Any, kind: str, asked: str) -> Any:
        return store.add(
            self.store,
            kind=kind,
            short_code=row["short_code"],
            phone=row["phone"],
            amount=row["amount"],
            state="Completed",
            asked=asked,
            linked=row["receipt"],
        )

    def _ask(self, asked: dict[str, Any], text: str) -> Response:
        if self.behaviour_for(text).what is What.DOWN:
            return Response(503, b"")
        row = store.one(self.store, "reference", asked["OriginalConversationID"])
        is_known = row is not None and row["state"] != "Held"
        conversation = bodies.conversation()
        if row is None or is_known:
            told = bodies.result(
                secrets.token_hex(8),
                conversation,
                "0" if is_known else "2032",
                bodies.receipt(),
                bodies.status(row) if is_known else {},
            )
            self._tell(asked["ResultURL"], told)
        return bodies.accepted(conversation, secrets.token_hex(8))

    def _reverse(self, asked: dict[str, Any], text: str) -> Response:
        behaviour = self.behaviour_for(text)
        if behaviour.what is What.DOWN:
            return Response(503, b"")
        row, conversation = store.one(self.store, "receipt", asked["TransactionID"]), bodies.conversation()
        is_done = (
            row and self.store.execute("SELECT 1 FROM payment WHERE linked = ?", (row["receipt"],)).fetchone()
        )
        is_refused = row is None or is_done or behaviour.what is What.REJECT
        code, receipt, done = (behaviour.reason or "2001"), "", {}
        if not is_refused:
            is_ours = row["kind"] == _B2C
            kind = "Business Payment Reversal" if is_ours else "Pay Bill Reversal"
            made = self._take_back(row, kind, row["reference"] if is_ours else "")
            code, receipt = "0", made["receipt"]
            done = {"Amount": int(row["amount"]), "OriginalTransactionID": row["receipt"]}
        told = bodies.result(secrets.token_hex(8), conversation, code, receipt, done)
        self._tell(asked["ResultURL"], told)
        return bodies.accepted(conversation, secrets.token_hex(8))

    # --- payments in

    def _register(self, asked: dict[str, Any], _text: str) -> Response:
        self.store.execute(
            "INSERT OR REPLACE INTO registered VALUES (?, ?, ?, ?)",
            tuple(asked[n] for n in ("ShortCode", "ConfirmationURL", "ValidationURL", "ResponseType")),
        )
        made = {"OriginatorCoversationID": secrets.token_hex(8), "ResponseCode": "0"}
        return Response.of(made | {"ResponseDescription": "Success"})

    def _simulate(self, asked: dict[str, Any], text: str) -> Response:
        """A customer pays the pay bill number from the phone's menu."""
        behaviour = self.behaviour_for(text)
        threading.Thread(target=self._customer_pays, args=(asked, behaviour), daemon=True).start()
        return bodies.accepted(bodies.conversation(), secrets.token_hex(8))

    def _customer_pays(self, asked: dict[str, Any], behaviour: Behaviour) -> None:
        with self._lock:
            at = self.store.execute("SELECT * FROM registered WHERE short_code = ?", (asked["ShortCode"],))
            registered = at.fetchone()
            row = self._paid_in(asked["ShortCode"], asked["Msisdn"], asked["Amount"], asked["BillRefNumber"])
        if registered and not self._is_valid(registered, row):
            with self._lock:
                self.store.execute("DELETE FROM payment WHERE receipt = ?", (row["receipt"],))
            return
        with self._lock:
            sets = "UPDATE payment SET state = 'Completed' WHERE receipt = ?"
            self.store.execute(sets, (row["receipt"],))
        times = {What.TIMEOUT: 0, What.DUPLICATE: 2}.get(behaviour.what, 1)
        for _ in range(times if registered else 0):
            self._post(registered["confirmation"], bodies.customer_payment(row))

    def _is_valid(self, registered: Any, row: Any) -> bool:
        answer = self._post(registered["validation"], bodies.customer_payment(row))
        try:
            return str(json.loads(answer)["ResultCode"]) == "0"
        except (ValueError, KeyError, TypeError):
            return bool(registered["unanswered"] == "Completed")

    def _paid_in(self, short_code: str, phone: str, amount: Any, account: str) -> Any:
        return store.add(
            self.store,
            kind="Pay Bill",
            short_code=short_code,
            phone=str(phone),
            amount=str(amount),
            account=account,
            state="Held",
        )

    def _push(self, asked: dict[str, Any], text: str) -> Response:
        behaviour = self.behaviour_for(text)
        whole = f"{published.PAYBILL}{published.PASSKEY}{asked['Timestamp']}"
        if behaviour.what is What.DOWN:
            return Response(503, b"")
        if asked["Password"] != base64.b64encode(whole.encode()).decode():
            return bodies.error("500.001.1001", "Wrong credentials")
        if not _PHONE.fullmatch(str(asked["PhoneNumber"])) or not str(asked["Amount"]).isdigit():
            return bodies.error("400.002.02", "Bad Request - Invalid PhoneNumber or Amount")
        codes = {What.REJECT: behaviour.reason or "1032", What.DELAY: ""}
        push = {
            "checkout": f"ws_CO_{bodies.here():%d%m%Y%H%M%S}{secrets.token_hex(5)}",
            "merchant": f"{secrets.token_hex(2)}-{secrets.randbelow(10**8)}-1",
            "phone": str(asked["PhoneNumber"]),
            "amount": str(asked["Amount"]),
            "account": asked["AccountReference"],
            "short_code": asked["BusinessShortCode"],
            "callback": asked["CallBackURL"],
            "code": codes.get(behaviour.what, "0"),
        }
        self._keep_push(push, behaviour)
        made = {"MerchantRequestID": push["merchant"], "CheckoutRequestID": push["checkout"]}
        said = "Success. Request accepted for processing"
        return Response.of(made | {"ResponseCode": "0", "ResponseDescription": said, "CustomerMessage": said})

    def _keep_push(self, push: dict[str, str], behaviour: Behaviour) -> None:
        self.store.execute(
            "INSERT INTO push VALUES"
            " (:checkout, :merchant, :phone, :amount, :account, :short_code, :callback, :code)",
            push,
        )
        if not push["code"]:
            return
        receipt = ""
        if push["code"] == "0":
            row = self._paid_in(push["short_code"], push["phone"], push["amount"], push["account"])
            receipt = row["receipt"]
            self.store.execute("UPDATE payment SET state = 'Completed' WHERE receipt = ?", (receipt,))
        for _ in range({What.TIMEOUT: 0, What.DUPLICATE: 2}.get(behaviour.what, 1)):
            self._tell(push["callback"], bodies.pushed(push, receipt))

    def _ask_push(self, asked: dict[str, Any], _text: str) -> Response:
        found = self.store.execute("SELECT * FROM push WHERE checkout = ?", (asked["CheckoutRequestID"],))
        push = found.fetchone()
        if push is None:
            return bodies.error("400.002.02", "Bad Request - Invalid CheckoutRequestID")
        if not push["code"]:
            return bodies.error("500.001.1001", "The transaction is being processed")
        return Response.of(
            {
                "ResponseCode": "0",
                "ResponseDescription": "The service request has been accepted successsfully",
                "MerchantRequestID": push["merchant"],
                "CheckoutRequestID": push["checkout"],
                "ResultCode": push["code"],
                "ResultDesc": bodies.SENTENCES.get(push["code"], bodies.DONE),
            }
        )

    def _pull(self, asked: dict[str, Any], _text: str) -> Response:
        rows = store.pulled(self.store, asked)
        made = {"ResponseRefID": secrets.token_hex(8), "ResponseCode": "1000", "ResponseMessage": "Success"}
        return Response.of(made | {"Response": [rows]})

    # --- telling the bank

    def _tell(self, url: str, body: dict[str, Any]) -> None:
        """Once, after the answer to the request is on its way; nobody tries again, as with Daraja."""
        threading.Thread(target=self._post, args=(url, body), daemon=True).start()

    def _post(self, url: str, body: dict[str, Any]) -> str:
        with self._lock:
            pass  # what is being answered now comes first
        try:
            answer = httpx.post(url, json=body, timeout=_WAIT_S, trust_env=False).text[:2000]
        except httpx.HTTPError as error:
            answer = type(error).__name__
        with self._lock:
            self.store.execute("INSERT INTO told VALUES (?, ?, ?)", (url, json.dumps(body), answer))
        return answer

    # --- its key

    def _knows(self, credential: str) -> bool:
        try:
            plain = self._key.decrypt(base64.b64decode(credential), padding.PKCS1v15())
        except ValueError:
            return False
        return plain == published.INITIATOR_PASSWORD.encode()

    def _keys(self) -> tuple[rsa.RSAPrivateKey, str]:
        kept = dict(self.store.execute("SELECT name, value FROM kept").fetchall())
        if not kept:
            kept = _new_keys()
            self.store.executemany("INSERT INTO kept VALUES (?, ?)", kept.items())
        key = serialization.load_pem_private_key(kept["key"].encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("The sandbox's key is of RSA.")
        return key, kept["certificate"]


def _new_keys() -> dict[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "apicrypt.sandbox.example")])
    now: datetime = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    form, pem = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    return {
        "key": key.private_bytes(pem, form, serialization.NoEncryption()).decode(),
        "certificate": certificate.public_bytes(pem).decode(),
    }
