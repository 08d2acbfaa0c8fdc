"""M-Pesa: payments to phones, and from phones into accounts. What is real and what is played stands in
docs/reference/rails-mpesa.md.
"""

from bank.payments.rails.mpesa.rail import RAIL

__all__ = ["RAIL"]
