"""Customers taken on before have a profile and the first line of their contact history too."""

from typing import ClassVar

from django.db import migrations

PROFILES = """
INSERT INTO cif_customerprofile (customer_id, occupation, sector, source_of_funds, channel, products, is_pep,
    screening, kyc_level, segment_reason, legal_hold)
SELECT id, '', '', '', 'BRANCH', '[]', false, 'NOT_SCREENED', 'NONE', '', '' FROM cif_customer
"""
CONTACTS = """
INSERT INTO cif_contactpoint (customer_id, kind, value, valid_from)
SELECT id, 'EMAIL', email, created_at FROM cif_customer WHERE email <> ''
UNION ALL SELECT id, 'PHONE', phone, created_at FROM cif_customer WHERE phone <> ''
"""
ADDRESSES = """
UPDATE cif_address a SET valid_from = c.joined_date FROM cif_customer c WHERE c.id = a.customer_id
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cif", "0003_knowing_customers")]
    operations: ClassVar = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (PROFILES, CONTACTS, ADDRESSES)
    ]
