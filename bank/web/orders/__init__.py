"""The pages of orders that repeat or wait: standing orders, requests, bills, mandates; of two portals."""
