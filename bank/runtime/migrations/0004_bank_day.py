"""The day of an instant where the bank is, for SQL."""

from typing import ClassVar

from django.db import migrations

from bank.runtime import days


class Migration(migrations.Migration):
    dependencies: ClassVar = [("runtime", "0003_outbox_in_order")]
    operations: ClassVar = [migrations.RunSQL(days.definition(), migrations.RunSQL.noop)]
