"""The pages of statements, certificates and subscriptions, mounted by each portal for its accounts."""
