"""Waits until the bank is ready, then prints the addresses of its doors and the demonstration logins."""

import os
import sys
import time
import urllib.error
import urllib.request

DOORS = (
    ("Public site", "/"),
    ("Personal portal", "/personal/"),
    ("Corporate portal", "/corporate/"),
    ("Portal of small companies", "/sme/"),
    ("Staff (admin)", "/admin/"),
    ("REST API", "/api/docs/"),
    ("Mail of the demonstration (one-time codes)", "/dev/mail/"),
    ("Text messages of the demonstration", "/dev/sms/"),
    ("Health", "/healthz/ready"),
)
_PATIENCE_S = 120


def main() -> None:
    """Prints once ``/healthz/ready`` answers 200; exits with 1 and the last answer if it never does."""
    root = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    if not _ready(f"{root}/healthz/ready"):
        sys.exit(f"The bank did not become ready within {_PATIENCE_S} s; see {root}/healthz/ready")
    lines = ["", "Umoja Bank is open.", ""]
    lines += [f"  {name:<43} {root}{path}" for name, path in DOORS]
    lines += ["", *_logins(), ""]
    print("\n".join(lines), flush=True)  # noqa: T201


def _ready(url: str) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False


def _logins() -> list[str]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
    django.setup()
    from bank.demo import services

    return services.login_lines()


if __name__ == "__main__":
    main()
