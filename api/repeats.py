"""Idempotency keys: a request sent twice under one key gets one message, also where two processes got one each."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from api.problems import Problem
from api.store import Repeat, Store, new_id

LASTS = 24 * 3600.0
# A claim without a message for this long is that of a process that died: the next one takes it over.
PATIENCE = 60.0
PAUSE = 0.05
LOOKS = 20


class Repeats:
    """What clients may send again, for a day."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time, patience: float = PATIENCE) -> None:
        self._store, self._clock, self._patience = store, clock, patience

    def once(self, key: str, body: str, make: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """The message of this key: made by `make(id)`, or the one that was made before, waited for where it is being made now.

        Raises Problem 409 where the key stands for another body. What failed may be tried again under the same key.
        """
        name, content = _hash(key), _hash(body)
        mine = new_id()
        while True:
            theirs = self._claim(name, content, mine)
            if theirs == mine:
                return self._made(name, mine, make)
            for _ in range(LOOKS):
                found = self._store.message(theirs)
                if found is not None:
                    return found
                time.sleep(PAUSE)

    def _made(self, name: str, mine: str, make: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        try:
            message = make(mine)
        except BaseException:
            self._release(name, mine)
            raise
        if message["status"] == "error":
            self._release(name, mine)
        return message

    def _claim(self, name: str, body: str, mine: str) -> str:
        """The id of the message that the key stands for: `mine` where nobody claimed it, or whoever did is gone."""
        now = self._clock()
        try:
            with self._store.begin() as session, session.begin():
                session.execute(delete(Repeat).where(Repeat.created < now - LASTS))
                row = session.get(Repeat, name)
                if row is None:
                    session.add(Repeat(key=name, body=body, message=mine, created=now))
                    return mine
                theirs, created, known = row.message, row.created, row.body
        except IntegrityError:  # another process was first, a moment ago
            return self._claim(name, body, mine)
        if known != body:
            raise Problem(409, "这个 Idempotency-Key 已经用在另一个请求上，换一个新的 key 再试", field="Idempotency-Key")
        if created < now - self._patience and self._store.message(theirs) is None and self._take_over(name, theirs, mine, now):
            return mine
        return theirs

    def _take_over(self, name: str, theirs: str, mine: str, now: float) -> bool:
        taken = update(Repeat).where(Repeat.key == name, Repeat.message == theirs).values(message=mine, created=now)
        with self._store.begin() as session, session.begin():
            return bool(session.connection().execute(taken).rowcount)

    def _release(self, name: str, mine: str) -> None:
        with self._store.begin() as session, session.begin():
            session.execute(delete(Repeat).where(Repeat.key == name, Repeat.message == mine))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
