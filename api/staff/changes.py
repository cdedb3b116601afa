"""Changes of what the office knows: drafted by one person, checked, approved or sent back by another, released, and gone back on; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.problems import Problem
from api.staff.change import (
    APPROVED,
    AUTHORED,
    CALLED,
    DRAFTED,
    EDITED,
    OPEN,
    REJECTED,
    SUBMITTED,
    WITHDRAWN,
    Change,
    ChangeRow,
    State,
    Step,
    StepRow,
    UploadRow,
    change_of,
    row_of,
)
from api.staff.roles import Staff
from api.store import Store
from corpus.errors import CorpusError
from corpus.intake import Texts, as_json
from corpus.layer import CATALOG, DIGEST, GUIDE, Knowledge, Layer, changing, digest_parts
from corpus.library import shipped_knowledge
from corpus.proposal import KINDS, TEXT, Ground, Proposal, standing_content, text_of


class Changes:
    """The changes of one office, kept in its store and carried out in its home. What is refused is raised as a Problem."""

    def __init__(self, store: Store, home: Path, shipped: Knowledge | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self.home, self._clock = store, home, clock
        self._shipped = shipped
        self._ground: tuple[Any, Ground] | None = None

    @property
    def shipped(self) -> Knowledge:
        """What ships."""
        return _shipped() if self._shipped is None else self._shipped

    def ground(self) -> Ground:
        """What the office holds now, read again where a file of its layer or texts is another. Raises BadKnowledge."""
        files = [*(self.home / "knowledge").rglob("*.yaml"), *(self.home / "texts").glob("*/*.json")]
        seen = {path: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for path in files if (stat := path.stat())}
        known = self._ground
        if known is None or known[0] != seen:
            known = self._ground = seen, Ground(self.shipped, Layer.read(self.home / "knowledge"), self.home / "texts")
        return known[1]

    def all(self, state: State | None = None, most: int = 200) -> list[Change]:
        """The newest changes first, of one state where given."""
        wanted = select(ChangeRow).order_by(ChangeRow.id.desc()).limit(most)
        with self._store.begin() as session:
            return [change_of(row) for row in session.scalars(wanted if state is None else wanted.where(ChangeRow.state == state))]

    def of(self, kind: str, key: str, most: int = 50) -> list[Change]:
        """The changes of one item, newest first."""
        wanted = select(ChangeRow).where(ChangeRow.kind == kind, ChangeRow.key == key).order_by(ChangeRow.id.desc()).limit(most)
        with self._store.begin() as session:
            return [change_of(row) for row in session.scalars(wanted)]

    def get(self, number: int) -> Change:
        """The change of a number. Raises Problem 404."""
        with self._store.begin() as session:
            return change_of(row_of(session, number))

    def steps(self, number: int) -> list[Step]:
        """The history of a change, oldest first."""
        with self._store.begin() as session:
            rows = session.scalars(select(StepRow).where(StepRow.change == number).order_by(StepRow.id))
            return [Step(row.at, row.staff, row.name, row.step, row.reason, row.content) for row in rows]

    def upload(self, who: Staff, name: str, data: bytes) -> str:
        """Keep a file as it came; its SHA-256."""
        mark = sha256(data).hexdigest()
        with self._store.begin() as session, session.begin():
            if session.get(UploadRow, mark) is None:
                session.add(UploadRow(sha256=mark, name=name[:255], at=self._clock(), staff=who.id, data=data))
        return mark

    def uploaded(self, mark: str) -> tuple[str, bytes]:
        """The name and bytes of an uploaded file. Raises Problem 404."""
        with self._store.begin() as session:
            row = session.get(UploadRow, mark)
            if row is None:
                raise Problem(404, "没有这份上传的文件", field="upload", value=mark)
            return row.name, row.data

    def draft(self, who: Staff, proposal: Proposal, note: str = "", upload: str = "") -> Change:
        """Begin a change. Raises Problem 422 for a kind or key that there is not."""
        ground = self.ground()
        base, title = _base(ground, proposal), _title(ground, proposal)
        now = self._clock()
        with self._store.begin() as session, session.begin():
            row = ChangeRow(
                kind=proposal.kind,
                key=proposal.key,
                title=title,
                state=State.DRAFT,
                author=who.id,
                author_name=who.display,
                created=now,
                updated=now,
                version=1,
                content=proposal.content,
                base=base,
                note=note,
                upload=upload,
                reviewer_name="",
                reason="",
                release="",
            )
            session.add(row)
            session.flush()
            session.add(self._step(row.id, who, DRAFTED, note, proposal.content))
            return change_of(row)

    def save(self, who: Staff, number: int, content: Any, note: str, version: int) -> Change:
        """Write at a draft or at what was sent back. Raises Problem 404, 409 where it is neither or somebody else wrote meanwhile."""
        before = self.get(number)
        ground = self.ground()
        proposal = Proposal(before.proposal.kind, before.proposal.key, content)
        values = {
            "content": content,
            "note": note,
            "state": State.DRAFT,
            "version": version + 1,
            "title": _title(ground, proposal),
            "base": _base(ground, proposal),
        }
        with self._store.begin() as session, session.begin():
            self._move(session, number, OPEN, values, version)
            session.add(self._step(number, who, EDITED, note, content))
        return self.get(number)

    def submit(self, who: Staff, number: int, version: int) -> Change:
        """Hand a draft to the reviewers. Raises Problem 404, 409."""
        return self._to(who, number, OPEN, State.SUBMITTED, SUBMITTED, "", version)

    def withdraw(self, who: Staff, number: int, reason: str) -> Change:
        """Take back a change that is not decided. Raises Problem 404, 409."""
        return self._to(who, number, (*OPEN, State.SUBMITTED), State.WITHDRAWN, WITHDRAWN, reason)

    def reject(self, who: Staff, number: int, reason: str) -> Change:
        """Send a change back to its author. Raises Problem 403 for one's own, 404, 409."""
        self.not_own(who, number)
        with self._store.begin() as session, session.begin():
            self._move(session, number, (State.SUBMITTED,), {"state": State.REJECTED, "reviewer_name": who.display, "reason": reason})
            session.add(self._step(number, who, REJECTED, reason))
        return self.get(number)

    def approve(self, who: Staff, number: int, reason: str, version: int, report: Any = None) -> Change:
        """Carry a change out in the office's layer or texts; `report`, what the reviewer saw of it, is kept.

        Raises Problem 403 for one's own, 404, 409 where what it was drafted on has changed.
        """
        self.not_own(who, number)
        values = {"state": State.APPROVED, "reviewer_name": who.display, "reason": reason, "report": report}
        with changing(self.home / "knowledge"):
            ground = self.ground()
            with self._store.begin() as session, session.begin():
                self._move(session, number, (State.SUBMITTED,), values, version)
                change = change_of(row_of(session, number))
                kind, marks = change.proposal.kind, (change.base, change.proposal.content)
                if _mark(kind, _base(ground, change.proposal)) not in [_mark(kind, content) for content in marks]:
                    raise Problem(409, f"变更 {number} 起草之后，{change.title}已被另一处变更改过，请退回作者对照后重新提交")
                session.add(self._step(number, who, APPROVED, reason))
                self._carry_out(ground, change.proposal)
        return self.get(number)

    def mark(self, who: Staff | None, number: int, state: State, release: str, step: str) -> None:
        """Write down that a change came into a release, or went out of it."""
        with self._store.begin() as session, session.begin():
            values = {"state": state, "updated": self._clock()} | ({"release": release} if state is State.RELEASED else {})
            session.execute(update(ChangeRow).where(ChangeRow.id == number).values(**values))
            session.add(self._step(number, who, step, release))

    def _to(self, who: Staff, number: int, states: tuple[State, ...], state: State, step: str, reason: str, version: int | None = None) -> Change:
        with self._store.begin() as session, session.begin():
            self._move(session, number, states, {"state": state}, version)
            session.add(self._step(number, who, step, reason))
        return self.get(number)

    def _move(self, session: Session, number: int, states: tuple[State, ...], values: Mapping[str, Any], version: int | None = None) -> None:
        """Change a row that is in one of the states and of that version, at one stroke. Raises Problem 404, 409."""
        wanted = update(ChangeRow).where(ChangeRow.id == number, ChangeRow.state.in_(states))
        if version is not None:
            wanted = wanted.where(ChangeRow.version == version)
        result = session.execute(wanted.values(updated=self._clock(), **values))
        if getattr(result, "rowcount", 0) == 1:
            return
        row = row_of(session, number)
        if version is not None and row.version != version:
            raise Problem(409, f"变更 {number} 刚被别人改过，请刷新后再处理", field="version", value=version)
        raise Problem(409, f"变更 {number} 现在是“{CALLED[State(row.state)]}”，不能这样处理", field="state", value=row.state)

    def not_own(self, who: Staff, number: int) -> None:
        """Refuses who wrote at a change. Raises Problem 403."""
        if who.id in {step.staff for step in self.steps(number) if step.step in AUTHORED}:
            raise Problem(403, "您写过这份变更，要由另一个人复核")

    def _carry_out(self, ground: Ground, proposal: Proposal) -> None:
        try:
            if proposal.kind == TEXT:
                texts = Texts(self.home / "texts")
                with texts.importing():
                    texts.write(text_of(proposal))
            else:
                ground.layer.replaced(proposal.kind, proposal.key, proposal.content).write(self.home / "knowledge")
        except CorpusError as error:
            raise Problem(409, str(error)) from error

    def _step(self, number: int, who: Staff | None, step: str, reason: str, content: Any = None) -> StepRow:
        name = who.display if who else ""
        return StepRow(change=number, at=self._clock(), staff=who.id if who else "", name=name, step=step, reason=reason, content=content)


@lru_cache(maxsize=1)
def _shipped() -> Knowledge:
    return shipped_knowledge()


def _base(ground: Ground, proposal: Proposal) -> Any:
    """What stands under a proposal's key: of a text only its hash and edition. Raises Problem 422."""
    try:
        if proposal.kind == TEXT:
            law, _, edition = proposal.key.partition("/")
            held = ground.library.held.get((law, edition))
            return as_json(held) if held else None
        return standing_content(ground, proposal.kind, proposal.key)
    except CorpusError as error:
        raise Problem(422, str(error), field="key", value=proposal.key) from error


def _mark(kind: str, content: Any) -> Any:
    """What tells two contents of an item apart: of a text its hash and edition, for the file's name may differ."""
    return {"sha256": content.get("sha256"), "edition": content.get("edition")} if kind == TEXT and content else content


def _title(ground: Ground, proposal: Proposal) -> str:
    """What a change is called in lists. Raises Problem 422 for an unknown kind, law or a key that names nothing."""
    kind, key = proposal.kind, proposal.key
    content = proposal.content if isinstance(proposal.content, Mapping) else {}
    if kind not in KINDS:
        raise Problem(422, f"不认识“{kind}”，可以改的是：{'、'.join(KINDS)}", field="kind", value=kind)
    name = KINDS[kind]
    if kind == DIGEST:
        law, edition, article = _parts(key)
        known = ground.library.catalog.find(law)
        if known is None:
            raise Problem(422, f"目录里没有“{law}”，请先登记到目录", field="key", value=key)
        return f"{name}《{known.title}》{edition} {article}"[:300]
    if kind == TEXT:
        known = ground.library.catalog.find(key.partition("/")[0])
        title = known.title if known else (content.get("entry") or {}).get("title") or content.get("title") or key
        return f"{name}《{title}》{key.partition('/')[2]}"[:300]
    said = str(content.get("title") or content.get("name") or "")
    if kind in (GUIDE, CATALOG) and not said:
        said = str((standing_content(ground, kind, key) or {}).get("title") or key)
    return f"{name} {said}"[:300]


def _parts(key: str) -> tuple[str, str, str]:
    try:
        return digest_parts(key)
    except CorpusError as error:
        raise Problem(422, str(error), field="key", value=key) from error
