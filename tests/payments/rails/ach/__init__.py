"""ACH against the sandbox of its operator."""

EXAMPLE = {
    "agent": "021000021",
    "country": "US",
    "number": "123456789",
    "name": "Hudson Supplies",
    "currency": "USD",
    "reason": "R03",
}
