"""Payments in tables, as people keep them: CSV and XLSX, one payment a row, columns named in a heading."""
