"""The portal of small companies."""
