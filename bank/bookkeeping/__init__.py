"""The general ledger for people: manual journals, reconciliation, reports, revaluation, periods."""
