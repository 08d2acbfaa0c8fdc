"""Logs as one JSON object a line, with the correlation id, and with secrets struck out."""

import json
import logging
import re
from datetime import UTC, datetime

from bank.runtime import context

_SECRETS = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+"  # JSON Web Tokens
    r"|(?i:bearer\s+[\w.~+/-]+=*)"
    r"|(?i:(?<=password=)\S+|(?<=code=)\d{6,8})"
)


class JsonFormatter(logging.Formatter):
    """Control characters are escaped by JSON, so no line can be forged from outside."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": strike(record.getMessage()),
        }
        if correlation_id := context.current().correlation_id:
            line["correlation_id"] = correlation_id
        if record.exc_info:
            line["exception"] = strike(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def strike(text: str) -> str:
    """``text`` without tokens, passwords and one-time codes."""
    return _SECRETS.sub("[secret]", text)
