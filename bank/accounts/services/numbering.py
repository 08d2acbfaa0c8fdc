"""New numbers, and the parts of an account that are accounts of their own in the book."""

from django.db import connection

from bank import ledger
from bank.accounts import rules
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole
from bank.products import selectors as products
from bank.products.rules import GlPurpose


def next_serial() -> int:
    """The next serial of account numbers, the same for all branches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('accounts_account_serial')")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def open_part(head: Account, role: AccountRole, currency: str, nickname: str) -> Account:
    """A part of an account, under the same product version, customer and control account of the book.

    Raises ``ProductNotOffered`` in a currency the version has no terms in.
    """
    terms = products.terms(head.product_version, currency, head.customer.segment)
    made = Account.objects.create(
        number=rules.account_number(head.number[: rules.BRANCH_DIGITS], next_serial()),
        role=role.value,
        parent=head,
        customer=head.customer,
        product=head.product,
        product_version=head.product_version,
        currency=terms.currency,
        nickname=nickname,
        opened_date=ledger.business_date(),
        single_debit_limit=terms.single_debit_limit,
    )
    control = ledger.gl(products.gl_role(head.product_version, GlPurpose.CONTROL), terms.currency)
    ledger.open_account(code=made.number, currency=terms.currency, name=head.product.name, control=control)
    return made
