"""Releases from the console: one build at a time, in a process of its own while the old one serves; going back, and which changes are in what is served."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

import api
from api import logbook
from api.problems import Problem
from api.staff.change import RELEASED, REVERTED, Change, State
from api.staff.changes import Changes
from api.staff.roles import Staff
from api.store import Base, Store
from corpus.intake import Texts
from corpus.layer import Layer, changing
from corpus.proposal import TEXT, text_of
from index.errors import BuildInProgress, IndexProblem
from index.release import Release, building, current, releases
from index.release import select as choose

RUNNING, DONE, FAILED = "running", "done", "failed"
SILENT = timedelta(minutes=15)
BROKEN_OFF = "建发布的进程中断了，没有换上新发布，请再建一次"


class BuildRow(Base):
    """One build: who began it, how far it is, and what came of it."""

    __tablename__ = "corpus_builds"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    staff: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    begun: Mapped[datetime]
    updated: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), index=True)
    part: Mapped[str] = mapped_column(String(40))
    done: Mapped[int]
    total: Mapped[int]
    release: Mapped[str] = mapped_column(String(64))
    said: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Build:
    """A build as others see it."""

    id: int
    name: str
    begun: datetime
    updated: datetime
    state: str
    part: str
    done: int
    total: int
    release: str
    said: str


class Builds:
    """The builds of one office; `noted(who, action, target, result)` writes the audit log."""

    def __init__(
        self,
        store: Store,
        changes: Changes,
        noted: Callable[[Staff | None, str, str, str], Any],
        environment: dict[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._changes, self._noted, self._clock = store, changes, noted, clock
        self._environment = environment or {}
        self._threads: list[threading.Thread] = []
        self._beginning = threading.Lock()

    def begin(self, who: Staff) -> Build:
        """Begin to build what is approved; the release in use serves until the new one stands. Raises Problem 409 while another build runs."""
        with self._beginning:
            last = self.last()
            if last and last.state == RUNNING:
                raise Problem(409, f"{last.name}正在建发布（{last.part} {last.done}/{last.total}），请等它完成")
            now = self._clock()
            with self._store.begin() as session, session.begin():
                row = BuildRow(staff=who.id, name=who.display, begun=now, updated=now, state=RUNNING, part="准备", done=0, total=0, release="", said="")
                session.add(row)
                session.flush()
                found = _build(row)
            thread = threading.Thread(target=self._run, args=(found.id, who), name="build", daemon=True)
            self._threads.append(thread)
            thread.start()
        return found

    def last(self) -> Build | None:
        """The newest build; one whose process fell silent counts as broken off."""
        with self._store.begin() as session, session.begin():
            row = session.scalar(select(BuildRow).order_by(BuildRow.id.desc()).limit(1))
            if row and row.state == RUNNING and self._clock() - row.updated > SILENT and not _busy(self._changes.home):
                row.state, row.said = FAILED, BROKEN_OFF
            return _build(row) if row else None

    def go_to(self, who: Staff, name: str) -> Release:
        """Serve a kept release again; the layer and texts go back with it as far as changes touched them. Raises Problem 404, 409."""
        home = self._changes.home
        try:
            release = choose(home, name)
        except IndexProblem as problem:
            raise Problem(409 if isinstance(problem, BuildInProgress) else 404, str(problem), field="release", value=name) from problem
        self._settle(who, release, back=True)
        return release

    def catch_up(self) -> None:
        """Mark as released what a build from elsewhere took in, as by command or by one whose server went away."""
        last = self.last()
        if (last is None or last.state != RUNNING) and self._changes.all(State.APPROVED, 1):
            self._settle(None, current(self._changes.home), back=False)

    def close(self) -> None:
        """Wait for the build that runs."""
        for thread in self._threads:
            thread.join()

    def _run(self, number: int, who: Staff) -> None:
        said = "", BROKEN_OFF
        try:
            for line in self._told():
                if "release" in line:
                    said = line["release"], "内容没有变化，沿用原来的发布" if not line["made"] else ""
                elif "problem" in line:
                    said = "", line["problem"]
                else:
                    self._note(number, part=line["part"], done=line["done"], total=line["total"])
            if said[0]:
                self._settle(who, current(self._changes.home), back=False)
        except Exception as error:  # a thread has nobody to raise to: the build says that it failed, the log why
            logbook.write("build_failed", error)
            said = "", BROKEN_OFF
        release, words = said
        self._note(number, state=DONE if release else FAILED, release=release, said=words)
        self._noted(who, "建发布", release or "未建成", "成功" if release else words)

    def _told(self) -> Iterator[dict[str, Any]]:
        """What the process that builds tells, line by line."""
        paths = os.pathsep.join(filter(None, (str(Path(api.__file__).parent.parent), os.environ.get("PYTHONPATH"))))
        environment = os.environ | self._environment | {"SHEZU_HOME": str(self._changes.home), "PYTHONPATH": paths}
        command = [sys.executable, "-m", "api.staff.building"]
        with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("{"):
                    yield json.loads(line)

    def _note(self, number: int, **values: Any) -> None:
        with self._store.begin() as session, session.begin():
            session.execute(update(BuildRow).where(BuildRow.id == number).values(updated=self._clock(), **values))

    def _settle(self, who: Staff | None, release: Release, *, back: bool) -> None:
        """Say of every change whether it is in the release that is served; going back also takes it out of the layer and texts, or puts it in again."""
        with changing(self._changes.home / "knowledge"):
            for group in self._by_item():
                self._settle_item(who, release, group, back)

    def _by_item(self) -> list[list[Change]]:
        """Every change that was ever carried out, oldest first, by the item that it is about."""
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in reversed(self._changes.all(most=100_000)):
            if change.state in (State.APPROVED, State.RELEASED, State.REVERTED):
                groups.setdefault((change.proposal.kind, change.proposal.key), []).append(change)
        return list(groups.values())

    def _settle_item(self, who: Staff | None, release: Release, group: list[Change], back: bool) -> None:
        content = content_in(release, group[0].proposal.kind, group[0].proposal.key)
        inside = [
            number
            for number, change in enumerate(group)
            if same(change, content) and (change.release or release.id) <= release.id and change.state != State.APPROVED
        ]
        if not back:
            inside = [number for number, change in enumerate(group) if same(change, content)]
        last = max(inside, default=-1)
        for number, change in enumerate(group):
            if number <= last and change.state != State.RELEASED:
                self._changes.mark(who, change.id, State.RELEASED, release.id, RELEASED)
            elif number > last and back and change.state == State.RELEASED:
                self._changes.mark(who, change.id, State.REVERTED, release.id, REVERTED)
        if back and group[-1].state != State.APPROVED:
            self._put_back(release, group[0].proposal.kind, group[0].proposal.key, content)

    def _put_back(self, release: Release, kind: str, key: str, content: Any) -> None:
        home = self._changes.home
        if kind != TEXT:
            folder = home / "knowledge"
            Layer.read(folder).replaced(kind, key, content).write(folder)
            return
        texts = Texts(home / "texts")
        with texts.importing():
            if content is None:
                texts.path(*key.split("/", 1)).unlink(missing_ok=True)  # the change itself keeps the whole text
            else:
                texts.write(content)


def content_in(release: Release, kind: str, key: str) -> Any:
    """What a release holds under a key: the layer's item, the imported text, or None."""
    if kind == TEXT:
        law, _, edition = key.partition("/")
        return Texts(release.folder / "texts").read(law, edition)
    return Layer.read(release.folder / "layer").item(kind, key)


def same(change: Change, content: Any) -> bool:
    """Whether a change's content is what a release holds."""
    return bool((text_of(change.proposal) if change.proposal.kind == TEXT else change.proposal.content) == content)


def kept(home: Path) -> list[Release]:
    """The releases that can be served, newest first."""
    return list(reversed(releases(home)))


def _busy(home: Path) -> bool:
    try:
        with building(home):
            return False
    except BuildInProgress:
        return True


def _build(row: BuildRow) -> Build:
    return Build(*(getattr(row, name) for name in Build.__slots__))
