from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0006_limit_of_journals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rolelimit",
            name="act",
            field=models.CharField(
                choices=[
                    ("CASH", "CASH"),
                    ("CASH_IN", "CASH_IN"),
                    ("CASH_OUT", "CASH_OUT"),
                    ("PAYMENT", "PAYMENT"),
                    ("CREDIT", "CREDIT"),
                    ("WAIVER", "WAIVER"),
                    ("JOURNAL", "JOURNAL"),
                ],
                max_length=12,
            ),
        ),
    ]
