"""A company's invoices and bills: what it is owed, what it owes, and the money that settles them."""
