"""The design's promises that a machine can hold: contrast, policy, size, icons."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
PAGES = [p for p in (ROOT / "templates").rglob("*.html") if not {"email", "pdf", "admin"} & set(p.parts)]
PAIR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9A-Fa-f]{6}),\s*(#[0-9A-Fa-f]{6})\)")
PORTALS = ("", "corporate", "sme", "staff")
MODES = (0, 1)

TEXT_ON = [
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "card", "sunk", "wash")),
    *((text, ground) for text in ("good", "danger", "brass") for ground in ("paper", "card", "sunk")),
    *(("ink", f"{tone}-wash") for tone in ("good", "brass", "danger")),
    *((tone, f"{tone}-wash") for tone in ("good", "brass", "danger")),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(portal: str, mode: int) -> dict[str, str]:
    """The tokens of one portal, light (0) or dark (1)."""
    root = TOKENS[TOKENS.index(":root") :].partition("\n  }")[0]
    own = re.search(rf'\[data-portal="{portal}"\] {{(.*)}}', TOKENS)
    found = PAIR.findall(root) + (PAIR.findall(own[1]) if own else [])
    return {name: pair[mode] for name, *pair in found}


@pytest.mark.parametrize("mode", MODES, ids=["light", "dark"])
@pytest.mark.parametrize("portal", PORTALS)
def test_text_is_readable_in_every_portal_and_light(portal: str, mode: int) -> None:
    tokens = colours(portal, mode)
    pairs = [*TEXT_ON, ("on-accent", "accent"), ("on-danger", "danger")]
    weak = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("mode", MODES, ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "card", "sunk"])
def test_controls_have_visible_borders(ground: str, mode: int) -> None:
    tokens = colours("", mode)
    assert contrast(tokens["control"], tokens[ground]) >= 3


def test_no_page_needs_inline_script_or_style() -> None:
    inline = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|<script(?![^>]*\ssrc=)|javascript:""", re.I)
    assert [str(p.relative_to(ROOT)) for p in PAGES if inline.search(p.read_text(encoding="utf-8"))] == []


def test_the_stylesheets_stay_small() -> None:
    """What every door loads together, and beside it the one sheet a door may have of its own."""
    sizes = {p.name: p.stat().st_size for p in CSS.glob("*.css")}
    own = [sizes.pop(name) for name in ("api.css", "public.css", "staff.css")]
    assert sum(sizes.values()) < 44_000
    assert max(own) < 10_000


def test_stylesheets_fetch_nothing_from_elsewhere() -> None:
    assert [
        p.name for p in CSS.glob("*.css") if re.search(r"https?://|@import", p.read_text(encoding="utf-8"))
    ] == []


def test_every_icon_named_in_a_page_is_in_the_sprite() -> None:
    drawn = set(
        re.findall(r'symbol id="([^"]+)"', (ROOT / "static/icons/sprite.svg").read_text(encoding="utf-8"))
    )
    used = {
        name
        for page in PAGES
        for name in re.findall(r'(?:{% icon |[\s(]icon=)"([\w-]+)"', page.read_text(encoding="utf-8"))
    }
    assert used <= drawn


def test_fonts_come_with_their_licences() -> None:
    families = [p for p in (ROOT / "static/fonts").iterdir() if p.is_dir()]
    assert families
    assert all("Open Font License" in (family / "OFL.txt").read_text(encoding="utf-8") for family in families)
