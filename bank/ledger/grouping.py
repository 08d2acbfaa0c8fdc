"""Group commit: what several threads post at the same moment goes in one round trip and one commit.

Whoever finds nobody at work leads: it posts what waits in line, its own with the others', through its own
connection, and hands on to the next in line. Nobody waits for company: who comes alone is served alone, and
who comes while a leader is at work is in the next batch. Why so: ``docs/decisions/group-commit.md``.
"""

import os
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

from django.db import Error, OperationalError

from bank.ledger import engine, errors, wire

Answer = Sequence[Any]
"""Id and booking date, whether it was decided before, the refusal and its parameters; all of them text."""

_MOST: Final = 64
"""Orders in one batch: with more, the first would wait long for the last."""
_PATIENCE_S: Final = 0.05
"""Who has waited so long in line posts alone: the leader may be waiting for a lock that is held for long."""


def post_alone(order: str) -> Answer:
    """Posts an order of :mod:`bank.ledger.wire` in the open database transaction, or one of its own."""
    answer: Answer = engine.call("ledger_post_one", "ledger_order", order)
    return answer


def post(order: str) -> Answer:
    """Posts an order in a database transaction of its own or together with others; the outcome is the same.

    The order must neither reverse an entry nor capture a hold, and :func:`engine.stands_alone` hold.
    """
    return _line.post(order)


class _Call:
    """A caller in line. Once served it has an answer, or an error, or neither: then it posts alone."""

    __slots__ = ("answer", "error", "is_gone", "is_served", "leads", "order", "woken")

    def __init__(self, order: str) -> None:
        self.order = order
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.leads = self.is_served = self.is_gone = False
        self.woken = Lock()
        self.woken.acquire()


class _Line:
    """The callers of this process, and whether one of them leads."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Nobody waits and nobody leads: so it is in a process that was forked off."""
        self._mutex = Lock()
        self._waiting: list[_Call] = []
        self._is_led = False

    def post(self, order: str) -> Answer:
        me = _Call(order)
        try:
            self._queue(me)
            if not me.leads:
                self._wait(me)
            if me.leads and not me.is_served:
                self._lead(me)
        finally:
            self._leave(me)
        if me.error:
            raise type(me.error)(*me.error.args) from me.error
        return me.answer or post_alone(order)

    def _queue(self, me: _Call) -> None:
        with self._mutex:
            self._waiting.append(me)
            if not self._is_led:
                self._is_led = me.leads = True

    def _wait(self, me: _Call) -> None:
        """Until a leader has served this call, or it is the next to lead, or that takes too long."""
        if me.woken.acquire(timeout=_PATIENCE_S):
            return
        with self._mutex:
            if me in self._waiting and not me.leads:
                self._waiting.remove(me)
                return
        me.woken.acquire()

    def _lead(self, me: _Call) -> None:
        """Serves those in line, of whom ``me`` is the first; whoever is woken last hands on."""
        with self._mutex:
            batch = self._waiting[:_MOST]
            del self._waiting[:_MOST]
        try:
            if len(batch) > 1:
                _book(batch)
            else:
                me.answer = post_alone(me.order)
        finally:
            with self._mutex:
                me.leads = False
                [*_, heir] = (call for call in batch if not call.is_gone)
                heir.leads = True
                for call in batch:
                    call.is_served = True
            for call in batch[1:]:
                call.woken.release()

    def _leave(self, me: _Call) -> None:
        """Out of line; who leads hands on to the first there."""
        with self._mutex:
            me.is_gone = True
            if me in self._waiting:
                self._waiting.remove(me)
            if me.leads:
                self._is_led = bool(self._waiting)
                if self._is_led:
                    self._waiting[0].leads = True
                    self._waiting[0].woken.release()


def _book(batch: list[_Call]) -> None:
    """Posts a batch through the connection of this thread. Where the database refuses it as a whole nothing
    has happened, and each call posts alone; where the connection is lost nobody knows, and each is told."""
    try:
        orders = wire.text_array([call.order for call in batch])
        answers = engine.call_once("ledger_post_each", "ledger_order[]", orders)
    except (Error, errors.LedgerError) as error:
        if not engine.is_connected():
            _fail(batch, error)
    except BaseException:
        _fail(batch, OperationalError("the call was broken off: whether it was booked is not known"))
        raise
    else:
        for call, answer in zip(batch, answers, strict=True):
            call.answer = answer


def _fail(batch: list[_Call], error: Exception) -> None:
    for call in batch:
        call.error = error


_line: Final = _Line()
os.register_at_fork(after_in_child=_line.begin_anew)
