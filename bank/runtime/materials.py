"""The bill of materials: everything of others the bank runs with, by version and digest (CycloneDX 1.6).

Made from what is installed by, ``requirements.txt`` with its hashes, and from the vendored scripts and fonts,
so it cannot say anything else than what runs. The same files give the same bill.
"""

import hashlib
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from django.conf import settings

REQUIREMENTS: Final = "requirements.txt"
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VENDORED: Final = re.compile(r"^(?P<name>[a-z]+)-(?P<version>\d+\.\d+\.\d+)\.min\.js$")


def bill() -> dict[str, Any]:
    """The bill as CycloneDX JSON: packages in the order of their names, then what is vendored."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": settings.BANK_NAME, "bom-ref": "bank"}},
        "components": [*_packages(_root() / REQUIREMENTS), *_vendored(_root() / "static")],
    }


def _packages(pins: Path) -> Iterator[dict[str, Any]]:
    """A pin and the hashes on the lines after it; what is not installed here tells no licence."""
    found: dict[str, Any] | None = None
    for line in pins.read_text().splitlines():
        if pin := _PIN.match(line):
            if found:
                yield found
            found = _package(pin[1], pin[2])
        if found and (digest := _HASH.search(line)):
            found["hashes"].append({"alg": "SHA-256", "content": digest[1]})
    if found:
        yield found


def _package(name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    licence = _licence(name)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [],
    } | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _licence(name: str) -> str:
    """What the package itself says, in one line; empty where it is not installed here."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    said = next((told[one] for one in ("License-Expression", "License") if one in told), "").strip()
    return said.splitlines()[0][:100] if said else ""


def _vendored(static: Path) -> Iterator[dict[str, Any]]:
    for file in sorted([*static.glob("js/*.min.js"), *static.glob("fonts/**/*.woff2")]):
        named = _VENDORED.match(file.name)
        name, version = (named["name"], named["version"]) if named else (file.stem, "vendored")
        yield {
            "type": "library" if named else "file",
            "bom-ref": str(file.relative_to(static)),
            "name": name,
            "version": version,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
        }


def _root() -> Path:
    return Path(settings.BASE_DIR)
