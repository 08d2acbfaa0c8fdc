"""Statements and subscriptions may be of a deposit."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ACCOUNT = {
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "%(class)ss",
    "to": "accounts.account",
}
DEPOSIT = {
    "null": True,
    "blank": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "%(class)ss",
    "to": "deposits.deposit",
}
RUNNING = ~Q(state="ENDED")
SAME = ["format", "frequency", "channel", "target"]


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0003_requests_of_companies"),
        ("statements", "0003_statements_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="deposit",
            field=models.ForeignKey(**DEPOSIT),
        ),
        migrations.AddField(
            model_name="statement",
            name="deposit",
            field=models.ForeignKey(**DEPOSIT),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="account",
            field=models.ForeignKey(**ACCOUNT),
        ),
        migrations.AlterField(
            model_name="statement",
            name="account",
            field=models.ForeignKey(**ACCOUNT),
        ),
        migrations.RemoveConstraint(model_name="subscription", name="subscription_once"),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=RUNNING & Q(deposit=None), fields=["account", *SAME], name="subscription_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=RUNNING & Q(deposit__isnull=False),
                fields=["deposit", *SAME],
                name="deposit_subscription_once",
            ),
        ),
    ]
