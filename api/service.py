"""What the routes share: settings, the assistant over the current release, the store, keys, and the office's own card."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from api import logbook
from api.answering import WIDTH, WIDTH_WITH_MODEL, Answering
from api.keys import Keys
from api.metrics import Metrics
from api.recent import Recent
from api.repeats import Repeats
from api.settings import Settings
from api.staff.accounts import Accounts
from api.staff.builds import Builds
from api.staff.changes import Changes
from api.staff.guesses import Guesses
from api.staff.ledger import Ledger
from api.staff.oidc import Oidc, Provider
from api.staff.sessions import Sessions
from api.store import Store
from assistant.makers.model import Endpoint, Model
from assistant.pipeline import Assistant
from corpus.errors import CorpusError
from corpus.layer import CARD, OFFICE
from corpus.library import Library
from corpus.office import Office, load_office, office_from
from index import rerank
from index.errors import BadRelease, IndexProblem
from index.release import Release, pointed
from index.search import Search
from index.serving import serviceable

CHINA = ZoneInfo("Asia/Shanghai")
PAUSE = 30.0


class Service:
    """One running office."""

    def __init__(self, settings: Settings, metrics: Metrics | None = None) -> None:
        self.model = model_of(settings)
        self.settings = settings
        self._followed, self._again = pointed(settings.home), 0.0
        self._reranker = rerank.opened(settings.reranker)
        self._assistant = Assistant(self._searching(self._serviceable()), self.model)
        self.metrics = metrics or Metrics()
        self.store = Store(settings.database_url)
        self.repeats = Repeats(self.store)
        self.recent = Recent()
        self.keys = Keys(self.store)
        self.ledger = Ledger(self.store)
        self.staff = Accounts(self.store)
        self.sessions = Sessions(self.store, timedelta(minutes=settings.idle_minutes))
        self.guesses = Guesses(self.store)
        self.oidc = Oidc(Provider(settings.oidc_issuer, settings.oidc_client, settings.oidc_secret, settings.oidc_called))
        self.answering = Answering(WIDTH_WITH_MODEL if settings.model_url else WIDTH, shed=self.metrics.shed)
        self.changes = Changes(self.store, settings.home)
        self.builds = Builds(self.store, self.changes, lambda who, action, target, result: self.ledger.record(who, "", action, target, result))
        self._card: tuple[Library | None, Office] = (None, load_office(settings.office))
        self._switching = threading.Lock()
        self._rests = 0

    @property
    def assistant(self) -> Assistant:
        """The assistant over the current release; a newer release is opened when one has been switched to.

        Where that one cannot be opened, the last good one answers on, the log says so, and half a minute later it is tried again: its
        vectors may still be on their way to the server.
        """
        name = pointed(self.settings.home)
        if name and name != self._followed and monotonic() >= self._again and self._switching.acquire(blocking=False):
            try:
                self._followed = name
                self._follow()
            finally:
                self._switching.release()
        return self._assistant

    def _follow(self) -> None:
        try:
            release = self._serviceable()
            if release.id != self._assistant.search.release.id:
                self._assistant = Assistant(self._searching(release), self.model)
        except (IndexProblem, CorpusError, OSError, ValueError) as error:
            logbook.write("release_refused", error, release=self._followed, serving=self._assistant.search.release.id)
            self._followed, self._again = "", monotonic() + PAUSE

    def _searching(self, release: Release) -> Search:
        """A release opened as this office has set it."""
        return rerank.Reranking(release, self.settings.embedder, self.settings.vector_server, reranker=self._reranker)

    def _serviceable(self) -> Release:
        release, wrong = serviceable(self.settings.home)
        if wrong:
            logbook.write("release_damaged", BadRelease(wrong), reason=wrong, serving=release.id)
        return release

    @property
    def office(self) -> Office:
        """The office's own card: the one that its release holds, else the file that the settings name."""
        library = self.assistant.search.library
        if self._card[0] is not library:
            own = library.knowledge.get(OFFICE, {}).get(CARD)
            self._card = library, office_from(own, CARD) if own else load_office(self.settings.office)
        return self._card[1]

    @property
    def mark(self) -> str:
        """Eight digits that differ where the card or the region does."""
        return sha256(f"{self.office}{self.settings.region}".encode()).hexdigest()[:8]

    def today(self) -> date:
        """Today in China, or the day set for tests and demonstrations."""
        return self.settings.today or self.day_of_records()

    @staticmethod
    def day_of_records() -> date:
        """Today in China by the clock, which stamps what is kept; a day that is set does not move it."""
        return datetime.now(CHINA).date()

    def health(self) -> Mapping[str, Any]:
        """State for monitors: release, counts, whether questions are embedded."""
        release = self._assistant.search.release
        kept = {key: release.manifest[key] for key in ("texts", "digests", "guides", "units", "made")}
        return {"status": "ok", "release": release.id, "vectors": self._assistant.search.has_vectors, **kept}

    def listen(self) -> None:
        """Log that the embedder or the vector server has fallen silent, once for each time."""
        search = self._assistant.search
        if search.rests != self._rests:
            self._rests = search.rests
            if search.rests:
                logbook.write("vectors_silent", release=search.release.id, times=search.rests)

    def close(self) -> None:
        """Finish the answers that are being made and let go of the database."""
        self.builds.close()
        self.answering.close()
        if self.model:
            self.model.close()
        self.store.close()


def model_of(settings: Settings) -> Model | None:
    """The language model that the settings name, or None where the office has none."""
    if not settings.model_url:
        return None
    return Model(Endpoint(settings.model_url, settings.model_name, settings.model_key, settings.model_timeout))
