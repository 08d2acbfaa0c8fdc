"""The questions these pages ask."""
