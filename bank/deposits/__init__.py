"""Deposits for a term or on notice: fixed, recurring, call and notice."""
