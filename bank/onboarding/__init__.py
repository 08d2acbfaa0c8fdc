"""Becoming a customer: registration, application, review by two people, invitations."""
