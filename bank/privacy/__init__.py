"""What a customer may take away, and what the bank must not keep for ever."""
