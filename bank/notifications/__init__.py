"""News to customers and their systems: notices, webhooks, topics of a message broker."""
