"""The peers of the ledger benchmarks, as a Django app of their own."""
