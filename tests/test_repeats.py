from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from patience import PATIENCE

from api.problems import Problem
from api.repeats import LASTS, Repeats
from api.store import Repeat, Store


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(database: str):
    made = Store(database)
    yield made
    made.close()


def maker(store: Store, status: str = "answered"):
    made: list[str] = []

    def make(number: str) -> dict:
        made.append(number)
        message = {"message_id": number, "status": status}
        store.keep(number, "c" * 32, "问", message)
        return message

    return make, made


def test_the_second_time_the_first_message_comes_back(store: Store):
    repeats, (make, made) = Repeats(store), maker(store)
    first = repeats.once("key", "body", make)
    assert repeats.once("key", "body", make) == first
    assert repeats.once("other key", "body", make) != first
    assert len(made) == 2


def test_another_body_under_the_key_is_a_conflict(store: Store):
    repeats, (make, _) = Repeats(store), maker(store)
    repeats.once("key", "body", make)
    with pytest.raises(Problem) as found:
        repeats.once("key", "other", make)
    assert found.value.status == 409


def test_many_at_once_make_one_message(store: Store):
    make, made = maker(store)

    def slowly(number: str) -> dict:
        time.sleep(0.2)
        return make(number)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: Repeats(store).once("key", "body", slowly), range(8)))
    assert len(made) == 1
    assert {message["message_id"] for message in found} == set(made)


def test_what_failed_may_be_tried_again(store: Store):
    repeats, (make, _) = Repeats(store), maker(store)
    with pytest.raises(ZeroDivisionError):
        repeats.once("key", "body", lambda number: 1 / 0)
    failing, _ = maker(store, "error")
    assert repeats.once("key", "body", failing)["status"] == "error"
    assert repeats.once("key", "body", make)["status"] == "answered"


def test_a_claim_of_a_process_that_died_is_taken_over(store: Store):
    clock = Clock()
    repeats, (make, made) = Repeats(store, clock, patience=30), maker(store)
    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Repeats, "_release", lambda *_: None)
        repeats.once("key", "body", lambda number: (_ for _ in ()).throw(KeyboardInterrupt()))
    found: list[dict] = []
    waiting = threading.Thread(target=lambda: found.append(repeats.once("key", "body", make)), daemon=True)
    waiting.start()
    time.sleep(0.3)
    assert not found
    clock.now += 31
    waiting.join(PATIENCE)
    assert [message["message_id"] for message in found] == made


def test_after_a_day_a_key_is_new_again(store: Store):
    clock = Clock()
    repeats, (make, made) = Repeats(store, clock), maker(store)
    repeats.once("key", "body", make)
    clock.now += LASTS + 1
    repeats.once("key", "other body", make)
    assert len(made) == 2
    with store.begin() as session:
        assert session.query(Repeat).count() == 1


def test_keys_are_not_kept_as_they_are(store: Store):
    repeats, (make, _) = Repeats(store), maker(store)
    repeats.once("a-key-of-a-client", "body", make)
    with store.begin() as session:
        assert "client" not in session.query(Repeat).one().key
