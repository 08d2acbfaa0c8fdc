"""What a payment by SWIFT is tried with by the suite that all rails run through."""

EXAMPLE = {
    "agent": "RHEIDEFF",
    "country": "DE",
    "number": "DE89370400440532013000",
    "name": "Baraka GmbH",
    "amount": "1250.00",
    "currency": "USD",
}
