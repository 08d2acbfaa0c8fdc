"""The bank's typefaces as print needs them: one weight a file, Latin and extended Latin together.

The web's files under ``static/fonts`` are variable and cut by script; neither of the two PDF
engines takes them so. Each cut is derived once per installation and kept under ``var/``.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

_SCRIPTS = ("latin", "latin-ext")
_NO_USE_IN_PRINT = ["STAT", "HVAR", "MVAR", "avar"]
_NAMES = (1, 4, 6)
"""Family, full and PostScript name (OpenType §name)."""


@dataclass(frozen=True)
class Cut:
    """One weight of one family. ``name`` is what both engines call it."""

    name: str
    folder: str
    weight: int


SERIF = Cut("Umoja Serif", "source-serif-4", 400)
SERIF_MEDIUM = Cut("Umoja Serif Medium", "source-serif-4", 500)
SANS = Cut("Umoja Sans", "hanken-grotesk", 400)
SANS_MEDIUM = Cut("Umoja Sans Medium", "hanken-grotesk", 500)
SANS_BOLD = Cut("Umoja Sans Bold", "hanken-grotesk", 600)
CUTS = {cut.name: cut for cut in (SERIF, SERIF_MEDIUM, SANS, SANS_MEDIUM, SANS_BOLD)}


@lru_cache
def file_of(cut: Cut) -> Path:
    """The TrueType file of ``cut``; derived on the first call of this installation."""
    path = Path(settings.VAR_DIR, "typefaces", f"{cut.folder}-{cut.weight}-{_state(cut)}.ttf")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _derive(cut, path)
    return path


def _sources(cut: Cut) -> list[Path]:
    folder = Path(settings.BASE_DIR, "static", "fonts", cut.folder)
    return [folder / f"{script}.woff2" for script in _SCRIPTS]


def _state(cut: Cut) -> str:
    digest = hashlib.sha256()
    for source in _sources(cut):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _derive(cut: Cut, path: Path) -> None:
    """Written aside and renamed, so that another process sees the whole file or none."""
    from fontTools.merge import Merger, Options

    with TemporaryDirectory(dir=path.parent) as folder:
        parts = [_one_weight(source, cut.weight, Path(folder)) for source in _sources(cut)]
        merged = Merger(Options(drop_tables=_NO_USE_IN_PRINT)).merge([str(part) for part in parts])
        for kind in _NAMES:  # a PDF keeps fonts apart by these
            merged["name"].setName(cut.name.replace(" ", ""), kind, 3, 1, 0x409)
        whole = Path(folder, "whole.ttf")
        merged.save(whole)
        os.replace(whole, path)


def _one_weight(source: Path, weight: int, folder: Path) -> Path:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = instantiateVariableFont(TTFont(source), {"wght": weight}, inplace=True)
    font.flavor = None
    part = folder / f"{source.stem}.ttf"
    font.save(part)
    return part
