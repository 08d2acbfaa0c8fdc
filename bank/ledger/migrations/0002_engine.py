"""Once the engine and the guards; made in 0003 now, on the balances as they are there."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = []
