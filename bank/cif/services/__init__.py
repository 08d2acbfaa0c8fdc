"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.cif.services.contacts import change_contact, change_own_contact, start_contact_change
from bank.cif.services.customers import (
    Contact,
    block_customer,
    change_mandate,
    create_organisation,
    create_person,
    grant_mandate,
    revoke_mandate,
    unblock_customer,
)
from bank.cif.services.duplicates import dismiss, find_duplicates
from bank.cif.services.knowing import (
    add_note,
    note_product,
    note_screening,
    rate,
    rate_again,
    review_kyc,
    update_profile,
)
from bank.cif.services.papers import record_document
from bank.cif.services.parties import end_relation, relate
from bank.cif.services.ruling import hold

__all__ = [
    "Contact",
    "add_note",
    "block_customer",
    "change_contact",
    "change_mandate",
    "change_own_contact",
    "create_organisation",
    "create_person",
    "dismiss",
    "end_relation",
    "find_duplicates",
    "grant_mandate",
    "hold",
    "note_product",
    "note_screening",
    "rate",
    "rate_again",
    "record_document",
    "relate",
    "review_kyc",
    "revoke_mandate",
    "start_contact_change",
    "unblock_customer",
    "update_profile",
]
