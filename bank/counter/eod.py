"""At the close of business: drawers still open, and whether all of them tally with the books.

Neither stops the close, which is the whole bank's: an open drawer of yesterday takes and pays nothing more
until it is counted, and what does not tally is shown to staff beside the step.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from bank.counter import selectors
from bank.runtime import formats
from bank.runtime.steps import Day, Note, Part, Phase, Step


def look_at_drawers(day: Day, cursor: str) -> Part:
    """Counts the drawers still open, each with a note, and one more where all of them do not tally."""
    still_open = list(selectors.open_sessions())
    notes = [
        Note(one.reference, f"Drawer {one.drawer.code} of {one.teller.full_name} is open: count and close it")
        for one in still_open
    ]
    tie = selectors.tie()
    if not tie.holds:
        books, sessions = formats.money(tie.by_books), formats.money(tie.by_sessions)
        notes.append(Note("TELLER_CASH", f"The books say {books} is in drawers, the sessions {sessions}"))
    return Part(done=len(still_open), failed=len(notes), notes=tuple(notes))


STEPS: Final = (Step("DRAWERS", _("Look for drawers left open"), Phase.TIE_OUT, look_at_drawers),)
