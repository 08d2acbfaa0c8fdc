"""The pages of deposits, the same in the person's door and in those of companies."""
