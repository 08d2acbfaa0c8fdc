from django.db import migrations, models


def _agreed() -> models.DecimalField:
    return models.DecimalField(
        decimal_places=6,
        editable=False,
        max_digits=9,
        null=True,
        verbose_name="agreed rate of the overdraft",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_free_events_and_agreed_rates"),
        ("interest", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="position", name="agreed_rate_pct", field=_agreed()),
        migrations.AddField(model_name="period", name="agreed_rate_pct", field=_agreed()),
    ]
