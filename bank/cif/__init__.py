"""Customers: persons, organisations, and the mandates that say who may act for whom."""
