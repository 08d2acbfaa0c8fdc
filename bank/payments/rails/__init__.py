"""One folder a rail; see ``bank.payments.rail``."""
