"""The personal portal of retail customers."""
