"""ACH: payments to accounts at banks in the United States, gathered into NACHA files.

What is real and what is played stands in docs/reference/rails-ach.md.
"""

from bank.payments.rails.ach.rail import RAIL

__all__ = ["RAIL"]
