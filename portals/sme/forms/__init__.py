"""The questions the portal of small companies asks."""
