"""The child: file in on standard input, one line of JSON and the content to keep out."""

import json
import resource
import sys
from typing import Any, Final

from bank.documents import errors
from bank.documents.reading import pdfs, pictures
from bank.documents.rules import Inspected, MediaType
from bank.kernel.errors import BankError

_CPU_S: Final = 20
_MEMORY: Final = 1_500_000_000


def main() -> None:
    """Refusals are answers; whatever else a parser throws at a hostile file means it cannot be read."""
    _bind()
    media_type, content = MediaType(sys.argv[1]), sys.stdin.buffer.read()
    try:
        found = _inspect(content, media_type)
    except BankError as refusal:
        _say({"refused": refusal.code, "params": refusal.params})
    except (MemoryError, RecursionError):
        _say({"refused": errors.DocumentTooComplex.code, "params": {}})
    except Exception:
        _say({"refused": errors.DocumentUnreadable.code, "params": {}})
    else:
        same = found.content is content
        _say({"media_type": found.media_type, "pages": found.pages}, b"" if same else found.content)


def _inspect(content: bytes, media_type: MediaType) -> Inspected:
    if media_type is MediaType.PDF:
        return Inspected(media_type, pdfs.checked_pages(content), content)
    return Inspected(media_type, 1, pictures.made_anew(content, media_type))


def _say(head: dict[str, Any], kept: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + kept)


def _bind() -> None:
    """What the system ends it for: processor seconds, memory, writing any file."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
