"""Screening of names against lists of sanctioned and politically exposed persons and organisations."""
