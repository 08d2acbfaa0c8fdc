"""The demonstration bank: people who do not exist and a year of their money, by the real services."""
