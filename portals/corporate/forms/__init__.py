"""The questions the corporate portal asks."""
