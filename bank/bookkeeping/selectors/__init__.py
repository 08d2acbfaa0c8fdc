"""Reads of bookkeeping."""
