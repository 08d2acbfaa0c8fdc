"""What the sandbox of M-Pesa publishes for everybody, as Safaricom's own does: no secret of anyone."""

from typing import Final

CONSUMER_KEY: Final = "sandbox-consumer"
CONSUMER_SECRET: Final = "sandbox-consumer-secret"  # noqa: S105  published
PASSKEY: Final = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
INITIATOR: Final = "testapi"
INITIATOR_PASSWORD: Final = "Safaricom999!*!"  # noqa: S105  published
PAYBILL: Final = "174379"
BULK_ACCOUNT: Final = "600992"
