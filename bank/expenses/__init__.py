"""What people of a company paid for it: claimed with the receipt, approved by another, paid back once."""
