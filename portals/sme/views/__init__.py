"""The pages of the portal of small companies."""
