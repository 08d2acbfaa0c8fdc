"""A status that refuses credits alone; the engine is made again with it."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("refusals.sql", "post_one.sql")
REPLACED = ("ledger_status_refusal", "ledger_book")


def again(name: str, function: str) -> str:
    """The statement of a file that makes a function, so that it replaces the one there is."""
    text = (SQL / name).read_text()
    start = text.index(f"CREATE FUNCTION {function}(")
    end = text.index("$$;", start) + len("$$;")
    return text[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_currencies_of_a_batch_at_once")]
    operations = [
        migrations.AlterField(
            "balance",
            "status",
            models.CharField(
                choices=[
                    ("ACTIVE", "ACTIVE"),
                    ("FROZEN_DEBIT", "FROZEN_DEBIT"),
                    ("FROZEN_CREDIT", "FROZEN_CREDIT"),
                    ("FROZEN", "FROZEN"),
                    ("CLOSED", "CLOSED"),
                ],
                default="ACTIVE",
                max_length=16,
            ),
        ),
        migrations.AlterField("accountchange", "status", models.CharField(max_length=16)),
        *(
            migrations.RunSQL(again(*place), migrations.RunSQL.noop)
            for place in zip(FILES, REPLACED, strict=True)
        ),
    ]
