"""Scheduled payments, standing orders and direct debits: payments that begin by themselves."""
