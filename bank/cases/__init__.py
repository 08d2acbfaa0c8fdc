"""Complaints, service requests and enquiries, each with a clock."""
