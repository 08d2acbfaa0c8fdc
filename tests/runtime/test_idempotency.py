"""One key, one effect: repeated, conflicting, failing and racing requests."""

import threading

import pytest
from django.db import connection

from bank.runtime import idempotency
from bank.runtime.errors import IdempotencyConflict
from bank.runtime.models import IdempotencyRecord

pytestmark = pytest.mark.django_db(transaction=True)


class Effect:
    def __init__(self) -> None:
        self.count = 0
        self.lock = threading.Lock()

    def __call__(self) -> dict[str, int]:
        with self.lock:
            self.count += 1
            return {"n": self.count}


def ask(effect, key="k", content=None, owner="1"):
    return idempotency.once(owner=owner, operation="test", key=key, content=content or {"a": 1}, run=effect)


def test_a_repeat_gets_the_first_answer():
    effect = Effect()
    assert ask(effect) == ({"n": 1}, False)
    assert ask(effect) == ({"n": 1}, True)
    assert effect.count == 1


def test_other_content_under_the_same_key_is_refused():
    effect = Effect()
    ask(effect)
    with pytest.raises(IdempotencyConflict):
        ask(effect, content={"a": 2})
    assert effect.count == 1


def test_keys_of_two_owners_do_not_meet():
    effect = Effect()
    ask(effect)
    assert ask(effect, owner="2") == ({"n": 2}, False)


def test_a_failure_leaves_no_key_behind():
    def fail():
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        ask(fail)
    assert not IdempotencyRecord.objects.exists()
    assert ask(Effect()) == ({"n": 1}, False)


def test_twenty_at_once_have_one_effect():
    effect, answers = Effect(), []

    def run():
        try:
            answers.append(ask(effect))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert effect.count == 1
    assert [answer for answer, _ in answers] == [{"n": 1}] * 20
    assert sum(not replayed for _, replayed in answers) == 1
