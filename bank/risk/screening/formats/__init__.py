"""Readers of watch lists, one a format; each gives entries and refuses what it cannot read whole."""
