"""Django plumbing every app shares: embedded services, outbox, idempotency, locks, amount fields."""
