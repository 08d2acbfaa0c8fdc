"""The questions the personal portal asks."""
