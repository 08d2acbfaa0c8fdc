from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cif", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE cif_customer_serial START 100000",
            "DROP SEQUENCE cif_customer_serial",
        )
    ]
