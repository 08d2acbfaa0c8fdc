"""RTGS takes large amounts only."""

EXAMPLE = {"amount": "1000000.00"}
