"""Rails with a network behind them, by code."""

from bank.kernel.errors import NotFound
from bank.payments import rail
from bank.payments.network import NetworkRail


def network_rail(code: str) -> NetworkRail:
    """The rail of that name, however written. Raises ``NotFound`` where none is, or it has no network."""
    known = rail.every().get(code.upper())
    if not isinstance(known, NetworkRail):
        raise NotFound(what="rail")
    return known


def available() -> list[NetworkRail]:
    """The network rails that are set up here."""
    return [one for one in rail.every().values() if isinstance(one, NetworkRail) and one.is_available]
