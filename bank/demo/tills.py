"""A morning at the counter: the teller's drawer is open, and a few people have been there."""

from typing import Final

from bank.accounts import selectors as accounts
from bank.counter import services
from bank.counter.rules import Move, Shown
from bank.demo.habits import BASE, Community
from bank.identity.models import User
from bank.kernel.money import Money

_FLOAT: Final = 150_000
_VISITS: Final = (
    (2, Move.DEPOSIT, "24500.00"),
    (3, Move.DEPOSIT, "8200.00"),
    (2, Move.WITHDRAWAL, "6000.00"),
    (4, Move.DEPOSIT, "41350.00"),
    (3, Move.WITHDRAWAL, "1500.00"),
)
"""Who came, by place in the community: nobody takes out more than they brought."""


def fill(community: Community, teller: User) -> int:
    """Opens the drawer and serves them; how many entries were booked. With too few customers nobody came."""
    if len(community.people) <= max(place for place, _move, _amount in _VISITS):
        return 0
    session = services.open_session(
        teller=teller, drawer="HQ-1", amount=Money.of(_FLOAT, BASE), key="demo:float"
    )
    for turn, (place, move, amount) in enumerate(_VISITS):
        services.hand_over(
            session=session,
            move=move,
            account=accounts.find_by_number(community.people[place].current),
            amount=Money.of(amount, BASE),
            key=f"demo:{turn}",
            shown=Shown("NATIONAL_ID", f"{4_817 + 311 * place}") if move == Move.WITHDRAWAL else None,
        )
    return len(_VISITS) + 1
