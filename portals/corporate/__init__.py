"""The corporate portal of companies."""
