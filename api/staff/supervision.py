"""Routes of the worklist: who works on what, how far it is, the reply to a WeChat inquiry. A clerk sees what was given to them, a supervisor all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.chat import service
from api.problems import Problem
from api.service import Service
from api.staff.access import note, require
from api.staff.approvals import ApprovalRow
from api.staff.arrivals import arrive
from api.staff.roles import Role, Staff
from api.staff.worklist import KINDS, STATES, Item, Kind, State, Worklist
from api.store import Feedback, Message
from api.tickets import Ticket
from api.wechat.inquiries import WechatInquiry
from assistant.stages.screen import CONTROL, mask

router = APIRouter()
Clerk = Annotated[Staff, Depends(require(Role.CLERK))]
Supervisor = Annotated[Staff, Depends(require(Role.SUPERVISOR))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
NOBODY = ""


class Helper(BaseModel):
    """Whom an item is given to; "" for nobody."""

    model_config = ConfigDict(extra="forbid")

    staff: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]


class Move(BaseModel):
    """The state that an item comes into, and what there is to say about it."""

    model_config = ConfigDict(extra="forbid")

    state: State
    words: Annotated[str, Field(max_length=2000)] = ""


class Reply(BaseModel):
    """What an applicant who wrote by WeChat is answered."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/queues", response_model=None)
def queues(
    request: Request,
    who: Clerk,
    kind: Annotated[Kind | None, Query()] = None,
    state: Annotated[Literal["open", "done"], Query()] = "open",
    assigned: Annotated[Literal["all", "mine", "nobody"], Query()] = "all",
) -> dict[str, Any]:
    """The items, oldest open ones first, and how many of each kind are open. A clerk sees only their own."""
    office = service(request)
    kept = worklist(office)
    arrive(office.store, kept, since(office))
    helper = {"mine": who.id, "nobody": NOBODY}.get(assigned) if who.has(Role.SUPERVISOR) else who.id
    names = {account.staff.id: account.staff.display for account in office.staff.all()}
    found = kept.items(kind=kind, done=state == "done", assigned=helper)
    words = _words(office, found)
    counts = kept.counts(None if who.has(Role.SUPERVISOR) else who.id)
    return {
        "items": [{**item_json(office, item, names), "words": words.get(item.id, "")} for item in found],
        "kinds": [{"kind": each, "called": called, "open": counts[each], "limit": office.settings.limits[each]} for each, called in KINDS.items()],
        "states": [{"state": each, "called": called} for each, called in STATES.items()],
        "colleagues": colleagues(office) if who.has(Role.SUPERVISOR) else [],
    }


@router.get("/items/{item}", response_model=None)
def read(item: Id, request: Request, who: Clerk) -> dict[str, Any]:
    """One item with what it is about and what was done. Raises Problem 404, also for somebody else's."""
    office = service(request)
    found = mine(office, item, who)
    note(request, who, "查看待办", f"{KINDS[found.kind]} {found.id}", "成功")
    return whole(office, found)


@router.put("/items/{item}/helper", response_model=None)
def assign(item: Id, given: Helper, request: Request, who: Supervisor) -> dict[str, Any]:
    """Give an item to a clerk or supervisor. Raises Problem 404, 422."""
    office = service(request)
    found = mine(office, item, who)
    names = {each["id"]: each["display"] for each in colleagues(office)}
    if given.staff and given.staff not in names:
        raise Problem(422, "只能指派给在用的窗口人员或督导", field="staff", value=given.staff)
    words = f"指派给 {names[given.staff]}" if given.staff else "取消指派"
    worklist(office).assign(found.id, given.staff, words, who)
    note(request, who, "指派待办", f"{KINDS[found.kind]} {found.id}", words)
    return whole(office, mine(office, item, who))


@router.post("/items/{item}/steps", status_code=201, response_model=None)
def move(item: Id, given: Move, request: Request, who: Clerk) -> dict[str, Any]:
    """Bring an item into a state; done needs words. Raises Problem 404, 422."""
    office = service(request)
    found = mine(office, item, who)
    words = mask(CONTROL.sub("", given.words)).strip()
    if given.state is State.DONE and not words:
        raise Problem(422, "办结要写明怎么处理的", field="words")
    worklist(office).move(found.id, given.state, words, who)
    _close_ticket(office, found, given.state)
    note(request, who, "办理待办", f"{KINDS[found.kind]} {found.id}", STATES[given.state])
    return whole(office, mine(office, item, who))


@router.post("/items/{item}/reply", status_code=201, response_model=None)
def reply(item: Id, given: Reply, request: Request, who: Clerk) -> dict[str, Any]:
    """Answer a WeChat inquiry: its writer is told, and the item is done. Raises Problem 404, 409 for what was not left by WeChat."""
    office = service(request)
    found = mine(office, item, who)
    kind, _, number = found.source.partition(":")
    text = CONTROL.sub("", given.text).strip()
    if kind != "inquiry":
        raise Problem(409, "这一条不是微信留言，请按留下的联系方式回复，再写明怎么答复的")
    if not text:
        raise Problem(422, "答复是空的", field="text")
    if not request.app.state.wechat.inquiries.answer(int(number), text, who.display):
        raise Problem(404, "这条留言已按保存期限删除，或已由本人撤回", field="item", value=item)
    worklist(office).move(found.id, State.DONE, f"已答复：{text}", who)
    note(request, who, "答复留言", f"微信留言 {number}", "成功")
    return whole(office, mine(office, item, who))


def worklist(office: Service) -> Worklist:
    """The office's worklist with its time limits."""
    return Worklist(office.store, {kind: office.settings.limits[kind] for kind in Kind})


def since(office: Service) -> datetime:
    """The moment before which content is over."""
    return datetime.now(UTC) - timedelta(days=office.settings.keep_days)


def mine(office: Service, item: str, who: Staff) -> Item:
    """The item, where it is one's own or one is a supervisor. Raises Problem 404."""
    found = worklist(office).get(item)
    if found is None or not (who.has(Role.SUPERVISOR) or found.assigned == who.id):
        raise Problem(404, "没有这条待办，可能已指派给别人，或已按保存期限删除", field="item", value=item)
    return found


def colleagues(office: Service) -> list[dict[str, str]]:
    """Whom items can be given to."""
    return [
        {"id": account.staff.id, "display": account.staff.display} for account in office.staff.all() if not account.disabled and account.staff.has(Role.CLERK)
    ]


def item_json(office: Service, item: Item, names: dict[str, str]) -> dict[str, Any]:
    """An item in JSON; `late` once its last day is over."""
    told = {"id": item.id, "kind": item.kind, "called": KINDS[item.kind], "state": item.state, "stands": STATES[item.state], "times": item.times}
    due = {"due": item.due.isoformat(), "certain": item.certain, "late": item.state is not State.DONE and item.due < office.day_of_records()}
    return told | due | {"opened": item.opened.isoformat(), "assigned": item.assigned, "helper": names.get(item.assigned, "")}


def whole(office: Service, item: Item) -> dict[str, Any]:
    """An item with its question and answer, rating, ticket or inquiry, and its steps."""
    names = {account.staff.id: account.staff.display for account in office.staff.all()}
    steps = [{"at": s.at.isoformat(), "by": s.by, "stands": STATES[s.state], "words": s.words} for s in worklist(office).steps(item.id)]
    return {**item_json(office, item, names), "about": about(office, item), "steps": steps}


def about(office: Service, item: Item) -> dict[str, Any]:
    """What an item is about, as far as it is still kept."""
    kind, _, key = item.source.partition(":")
    with office.store.begin() as session:
        message = session.get(Message, item.message) if item.message else None
        told: dict[str, Any] = {"question": message.question, "answer": message.answer} if message else {}
        if kind == "rating" and (rating := session.get(Feedback, key)):
            told["rating"] = {"rating": rating.rating, "reasons": rating.reasons, "text": rating.text}
        elif kind == "approval" and (approval := session.get(ApprovalRow, key)):
            told |= {"question": approval.question, "corrected": approval.answer, "by": approval.by}
        elif kind == "ticket" and (ticket := session.get(Ticket, key)):
            told["ticket"] = {"number": ticket.number, "name": ticket.name, "contact": ticket.contact, "text": ticket.text}
        elif kind == "inquiry" and (inquiry := session.get(WechatInquiry, int(key))):
            told["inquiry"] = {"number": inquiry.number, "text": inquiry.text, "reply": inquiry.reply, "by": inquiry.by}
    return told


def _words(office: Service, items: list[Item]) -> dict[str, str]:
    """The first words of each item: the question, the ticket or the inquiry."""
    with office.store.begin() as session:
        wanted = select(Message.id, Message.question).where(Message.id.in_({item.message for item in items}))
        questions = {row.id: row.question for row in session.execute(wanted)}
        tickets = {f"ticket:{row.id}": row.text for row in session.scalars(select(Ticket).where(Ticket.id.in_(_keys(items, "ticket"))))}
        numbers = [int(key) for key in _keys(items, "inquiry")]
        inquiries = {f"inquiry:{row.number}": row.text for row in session.scalars(select(WechatInquiry).where(WechatInquiry.number.in_(numbers)))}
    texts = {item.id: (tickets | inquiries).get(item.source) or questions.get(item.message, "") for item in items}
    return {item: text[:120] for item, text in texts.items()}


def _keys(items: list[Item], kind: str) -> list[str]:
    return [item.source.partition(":")[2] for item in items if item.source.startswith(f"{kind}:")]


def _close_ticket(office: Service, item: Item, state: State) -> None:
    kind, _, key = item.source.partition(":")
    if kind != "ticket":
        return
    with office.store.begin() as session, session.begin():
        ticket = session.get(Ticket, key)
        if ticket:
            ticket.status = "done" if state is State.DONE else "open"
