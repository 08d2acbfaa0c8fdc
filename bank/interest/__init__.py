"""Interest on accounts: accrued day by day, capitalised, taxed, corrected from the value date."""
