"""The web server of the Procfile: gunicorn with threads, by ``PORT``, ``BIND`` and ``WEB_CONCURRENCY``."""

import os


def main() -> None:
    """Replaces this process by gunicorn, which reads the code once and shares it among its workers."""
    workers = os.environ.get("WEB_CONCURRENCY", "2")
    bind = f"{os.environ.get('BIND', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104
    options = [
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--workers",
        workers,
        "--bind",
        bind,
        "--preload",
    ]
    limits = ["--limit-request-line", "4094", "--limit-request-fields", "60", "--timeout", "60"]
    os.execvp("gunicorn", ["gunicorn", "bank.wsgi", *options, *limits, "--no-control-socket"])  # noqa: S606, S607


if __name__ == "__main__":
    main()
