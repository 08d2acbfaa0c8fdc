"""Customer accounts: opening, freezing, closing, statement lines."""
