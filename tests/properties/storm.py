"""What the processes of a storm do: each key alone decides what is asked under it, so that whoever sends
a key, again or for the first time, sends the same, and the checker knows what each must have done."""

from dataclasses import dataclass
from random import Random
from typing import Final

from bank import ledger
from bank.kernel.money import Money
from bank.ledger import Entry, Posting

ACCOUNTS: Final = tuple(f"STORM-{n}" for n in range(10))
POOL: Final = "STORM-POOL"
START: Final = 5_000


@dataclass(frozen=True)
class Task:
    """A key and its kind: ``transfer``, ``each`` and ``all`` (batches), ``hold`` (placed, then captured or
    released) or ``reversed`` (a transfer and its reversal)."""

    key: str

    @property
    def kind(self) -> str:
        return Random(self.key).choice(["transfer"] * 5 + ["each", "all", "hold", "hold", "reversed"])

    def entries(self) -> list[Entry]:
        """The entries asked for, without the reversal."""
        random = Random(f"{self.key}!")
        if self.kind in ("each", "all"):
            return [self._transfer(random, f"{self.key}/{n}") for n in range(random.randint(2, 6))]
        return [self._transfer(random, f"{self.key}/0")]

    def _transfer(self, random: Random, key: str) -> Entry:
        debit, credit = random.sample(ACCOUNTS, 2)
        amount = Money.from_minor(random.randint(1, 400), "KES")
        fee = Money.from_minor(random.randint(1, 5), "KES")
        postings = (Posting(debit, -amount - fee), Posting(credit, amount), Posting(POOL, fee))
        return Entry(key, postings, "STORM")

    @property
    def is_captured(self) -> bool:
        """Whether a hold of this key ends captured, rather than released."""
        return Random(f"{self.key}?").random() < 0.6


def open_accounts() -> None:
    """Ten customers with the same money, and the pool that it came from and that fees go to."""
    ledger.open_account(code=POOL, name="Pool", currency="KES", guarded=False)
    for code in ACCOUNTS:
        ledger.open_account(
            code=code, name=code, currency="KES", control=ledger.gl("CURRENT_DEPOSITS", "KES")
        )
    start = Money.from_minor(START, "KES")
    ledger.post(
        [
            ledger.transfer(key=f"start:{code}", debit=POOL, credit=code, amount=start, code="START")
            for code in ACCOUNTS
        ]
    )


def perform(task: Task) -> list[tuple[str, int]]:
    """Does what the key asks for; answers with the keys of the entries it booked and their ids."""
    entries = task.entries()
    if task.kind == "each":
        outcomes = ledger.post(entries, outcome="EACH")
        return [(e.key, o.entry_id) for e, o in zip(entries, outcomes, strict=True) if o.entry_id is not None]
    if task.kind == "hold":
        return _hold(task, entries[0])
    outcomes = ledger.post(entries)
    booked = [(entry.key, outcome.entry_id) for entry, outcome in zip(entries, outcomes, strict=True)]
    if task.kind == "reversed":
        contra = ledger.reverse(entry_id=booked[0][1], key=f"{task.key}/reversal")
        booked.append((f"{task.key}/reversal", contra.entry_id))
    return booked


def _hold(task: Task, entry: Entry) -> list[tuple[str, int]]:
    debit = entry.postings[0]
    placed = ledger.place_hold(key=f"{task.key}/hold", account=debit.account, amount=-debit.amount)
    if not task.is_captured:
        ledger.release_hold(hold_id=placed.hold_id)
        return []
    return [(entry.key, ledger.capture_hold(hold_id=placed.hold_id, entry=entry, final=True).entry_id)]
