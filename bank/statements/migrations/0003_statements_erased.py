"""A statement whose time is over keeps its seal and loses its file."""

from django.db import migrations, models

STATUSES = [
    ("QUEUED", "Being prepared"),
    ("RUNNING", "Being made"),
    ("READY", "Ready"),
    ("FAILED", "Failed"),
    ("ERASED", "Erased"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("statements", "0002_statements_sealed_and_subscribed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="statement",
            name="status",
            field=models.CharField(choices=STATUSES, default="QUEUED", max_length=8, verbose_name="status"),
        ),
    ]
