"""Chart of accounts, journal entries, postings, balances, holds and the business date."""
