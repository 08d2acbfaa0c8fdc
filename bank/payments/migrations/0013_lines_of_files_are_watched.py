from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_incoming_by_uetr")]

    operations = [
        migrations.RemoveConstraint(model_name="velocityrule", name="velocity_rule_once"),
        migrations.AddField(
            model_name="velocityrule",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[("FILE", "Payment files")],
                db_default="",
                default="",
                max_length=12,
                verbose_name="only by the channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="velocityrule",
            constraint=models.UniqueConstraint(
                fields=("kind", "segment", "currency", "channel"), name="velocity_rule_once"
            ),
        ),
        migrations.AlterField(
            model_name="paymentfile",
            name="sent_count",
            field=models.PositiveIntegerField(default=0, verbose_name="lines under way"),
        ),
        migrations.AlterField(
            model_name="paymentfileline",
            name="status",
            field=models.CharField(
                choices=[
                    ("VALID", "Valid"),
                    ("FAULTY", "Faulty"),
                    ("EXCLUDED", "Left out"),
                    ("HELD", "Held by the bank"),
                    ("SENT", "Sent"),
                    ("SETTLED", "Settled"),
                    ("REJECTED", "Rejected"),
                ],
                max_length=10,
                verbose_name="status",
            ),
        ),
    ]
