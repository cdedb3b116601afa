"""What the window looks up in: one release's look-up and cross-references, opened once a release."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import cached_property
from weakref import WeakKeyDictionary

from api.service import Service
from corpus.citing import Citing
from index.lookup import Lookup
from index.search import Search

REMEMBERED = 2048
_desks: WeakKeyDictionary[Search, Desk] = WeakKeyDictionary()
_opening = threading.Lock()


class Desk:
    """Look-up and cross-references over an opened release; what was just looked up is remembered as it was sent."""

    def __init__(self, search: Search) -> None:
        self.release = search.release.id
        self.library = search.library
        self.lookup = Lookup(search.release, search.library)
        # Searches by meaning take ten times as long: one at a time, so that those who type do not wait behind them.
        self.by_meaning = threading.Lock()
        self._reading = threading.Lock()
        self._answers: OrderedDict[object, bytes] = OrderedDict()
        self._remembering = threading.Lock()
        # The first clerk who opens an article should not wait for the cross-references of all.
        threading.Thread(target=lambda: self.citing, name="citing", daemon=True).start()

    @property
    def citing(self) -> Citing:
        """The cross-references of the release."""
        with self._reading:
            return self._citing

    @cached_property
    def _citing(self) -> Citing:
        return Citing(self.library)

    def remembered(self, asked: object) -> bytes | None:
        """The answer to the same request before, or None."""
        with self._remembering:
            found = self._answers.get(asked)
            if found is not None:
                self._answers.move_to_end(asked)
            return found

    def remember(self, asked: object, answer: bytes) -> bytes:
        """Keep an answer; the ones not asked for longest go first."""
        with self._remembering:
            self._answers[asked] = answer
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return answer


def desk(office: Service) -> Desk:
    """The desk over the office's current release."""
    search = office.assistant.search
    with _opening:
        found = _desks.get(search)
        if found is None:
            found = _desks[search] = Desk(search)
        return found
