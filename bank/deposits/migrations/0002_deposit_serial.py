from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("deposits", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE deposits_deposit_serial START 1000",
            "DROP SEQUENCE deposits_deposit_serial",
        )
    ]
