import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bank.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("eod", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("calendar", models.CharField(max_length=40, verbose_name="calendar")),
                ("day", models.DateField(verbose_name="day")),
                ("is_open", models.BooleanField(default=False, verbose_name="business day")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("reference", models.CharField(blank=True, max_length=24, verbose_name="approval")),
                ("decided_at", models.DateTimeField(default=bank.kernel.clock.now, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "day of a calendar",
                "verbose_name_plural": "days of calendars",
                "ordering": ["-day"],
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "day"), name="eod_calendar_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_open", True), ("name", "")),
                            models.Q(("is_open", False), models.Q(("name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="eod_calendar_day_named",
                    ),
                ],
            },
        ),
    ]
