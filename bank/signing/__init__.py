"""Signing: how many of a company's signatories an act needs, what waits for them, and who has signed."""
