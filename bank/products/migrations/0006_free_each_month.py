from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0005_deposit_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="feerule",
            name="free_per_month",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="free each month, by account"),
        ),
    ]
