"""Writes of bookkeeping: one verb of the accounting manual each."""
