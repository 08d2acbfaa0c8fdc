from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_recalls_and_scores"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incomingpayment",
            index=models.Index(
                condition=models.Q(("uetr", ""), _negated=True), fields=["uetr"], name="incoming_by_uetr"
            ),
        ),
    ]
