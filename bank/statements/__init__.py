"""Statements of account as PDF and CSV."""
