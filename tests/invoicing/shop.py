"""A small shop that invoices: Savanna Traders of the town, as a small company."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bank.identity.models import User
from bank.invoicing import services
from bank.invoicing.models import Debtor, Invoice
from bank.invoicing.services import LineAsked
from bank.kernel.money import Money
from bank.payments import services as payments
from tests.portals.town import Resident, Town, newest_code


@dataclass
class Shop:
    town: Town
    debtor: Debtor

    @property
    def firm(self) -> Resident:
        return self.town.firm

    def draft(self, *lines: tuple[str, str, str], **asked: Any) -> Invoice:
        wanted = lines or (("Maize flour, 50 kg", "10", "1000.00"),)
        return services.draft_invoice(
            user=self.firm.user,
            customer=self.firm.customer,
            debtor=self.debtor,
            lines=[LineAsked(what, Decimal(n), Money.of(price, "KES")) for what, n, price in wanted],
            **asked,
        )

    def issue(self, *lines: tuple[str, str, str], **asked: Any) -> Invoice:
        return services.issue(user=self.firm.user, invoice=self.draft(*lines, **asked))


def open_shop(town: Town, **asked: Any) -> Shop:
    firm = town.firm
    firm.customer.segment = "SME"
    firm.customer.save(update_fields=["segment"])
    mine = {"user": firm.user, "customer": firm.customer}
    services.set_up(**mine, account_number=firm.number, tax_number="P051234567X", **asked)
    debtor = services.add_debtor(**mine, name="Amina Wanjiru Otieno", email="amina@shop.example")
    return Shop(town, debtor)


def pay(payer: Resident, payee: Resident, amount: str, remittance: str, key: str) -> str:
    """A payment as a customer makes it, code and all."""
    asked: dict[str, Any] = {
        "user": payer.user, "debtor_number": payer.number, "creditor_number": payee.number,
        "creditor_name": payee.name, "amount": Money.of(amount, "KES"),
    }  # fmt: skip
    challenge = payments.start_payment(**asked)
    code = newest_code(payer.user)
    made = payments.pay(**asked, remittance=remittance, key=key, challenge_id=challenge.id, code=code)
    return made.reference


def user_of(shop: Shop) -> User:
    return shop.firm.user
