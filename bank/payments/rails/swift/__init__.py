"""SWIFT: MT103 through correspondents. What is real and what is played stands in
docs/reference/rails-swift.md.
"""

from bank.payments.rails.swift.rail import RAIL

__all__ = ["RAIL"]
