"""Whatever hangs on a customer in the tables of this app, in one query instead of one for each table.

A table's rows come as JSON with exact decimals and become the same objects the table's own query would give;
the people and customers they name come along.
"""

import json
from decimal import Decimal
from typing import Any, Final, TypeAlias

from django.db import connection
from django.db.models import BinaryField, Model
from django.forms.models import BaseInlineFormSet

from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerNote,
    IdentityDocument,
    Mandate,
    Organisation,
    Person,
    RelatedParty,
    RiskAssessment,
)
from bank.identity.models import User

Gathered: TypeAlias = dict[type[Model], list[Any]]

#: Each table with the column that names the customer and the order of its rows, as its model has it.
_TABLES: Final[tuple[tuple[type[Model], str, str], ...]] = (
    (Person, "customer_id", "1"),
    (Organisation, "customer_id", "1"),
    (RelatedParty, "customer_id", "role, id"),
    (IdentityDocument, "customer_id", "id DESC"),
    (Address, "customer_id", "id DESC"),
    (ContactPoint, "customer_id", "id DESC"),
    (Mandate, "customer_id", "id"),
    (CustomerNote, "customer_id", "id DESC"),
    (RiskAssessment, "customer_id", "id DESC"),
    (Customer, "merged_into_id", "cif"),
)
_PERSONS: Final = ("user", "author", "changed_by")
"""Which columns of these tables name somebody who signs in."""
_PEOPLE: Final = """
(SELECT 'identity_user', jsonb_build_object('id', u.id, 'full_name', u.full_name, 'email', u.email)::text
FROM identity_user u WHERE u.id IN (
    SELECT user_id FROM cif_mandate WHERE customer_id = %(pk)s
    UNION SELECT author_id FROM cif_customernote WHERE customer_id = %(pk)s
    UNION SELECT changed_by_id FROM cif_contactpoint WHERE customer_id = %(pk)s
)) UNION ALL (SELECT 'related', to_jsonb(c)::text FROM cif_customer c WHERE c.id IN (
    SELECT related_customer_id FROM cif_relatedparty WHERE customer_id = %(pk)s
))
"""


class GatheredLines(BaseInlineFormSet):
    """Lines under a customer, out of what was gathered with them."""

    def get_queryset(self) -> Any:
        return self.instance.gathered[self.model]


def gather(customer: Customer) -> Gathered:
    """The rows of each table, as objects. One query."""
    parts = [
        f"(SELECT '{model._meta.db_table}', to_jsonb(t)::text FROM {model._meta.db_table} t"  # noqa: S608
        f" WHERE {owner} = %(pk)s ORDER BY {order})"
        for model, owner, order in _TABLES
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([*parts, _PEOPLE]), {"pk": customer.pk})
        rows = [(table, json.loads(row, parse_float=Decimal)) for table, row in cursor]
    users = {row["id"]: User(**row) for table, row in rows if table == "identity_user"}
    related = {row["id"]: _made(Customer, row) for table, row in rows if table == "related"}
    found: Gathered = {
        model: [_made(model, row) for table, row in rows if table == model._meta.db_table]
        for model, _owner, _order in _TABLES
    }
    for one in (one for several in found.values() for one in several):
        _name(one, users, related)
    return found


def _made(model: type[Model], row: dict[str, Any]) -> Any:
    """A row as its object; what is sealed stays in the database."""
    told = [field for field in model._meta.concrete_fields if not _is_sealed(field)]
    return model(**{field.attname: field.to_python(row[str(field.column)]) for field in told})


def _is_sealed(field: Any) -> bool:
    return isinstance(field, BinaryField) or field.get_internal_type() == "BinaryField"


def _name(one: Any, users: dict[int, User], related: dict[int, Customer]) -> None:
    for name in _PERSONS:
        pk = getattr(one, f"{name}_id", None)
        if pk in users:
            setattr(one, name, users[pk])
    if (pk := getattr(one, "related_customer_id", None)) in related:
        one.related_customer = related[pk]
