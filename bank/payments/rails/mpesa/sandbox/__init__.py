"""M-Pesa as Safaricom's Daraja shows it, played: ``/<code>`` is what https://api.safaricom.co.ke is.

It has Daraja's own paths and JSON, keeps payments, pushes and registrations in SQLite, and calls the bank
back once for each, as Daraja does. ``_behave``: REJECT with a result code (1, 2001, 1032, 1037, SFC_IC0003)
is told by callback, with an error code (400.002.02) at once; RETURN pays and takes back, which only the
statement tells; TIMEOUT pays and tells nobody, with the reason QUEUE it calls the address for late ones.
"""

from bank.payments.rails.mpesa.sandbox.network import Daraja

SANDBOX = Daraja

__all__ = ["SANDBOX", "Daraja"]
