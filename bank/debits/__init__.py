"""Direct debits: a company collects from an account on a mandate its holder confirmed."""
