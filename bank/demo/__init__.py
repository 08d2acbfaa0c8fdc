"""The demonstration bank: customers, a year of business and logins, made by the real services."""
