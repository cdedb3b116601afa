"""Routes of releases: what is served and what waits, building, and going back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from api.chat import service
from api.staff.access import note, require
from api.staff.builds import Build, kept
from api.staff.change import State
from api.staff.report import change_json
from api.staff.roles import Role, Staff
from index.release import pointed

router = APIRouter()
Reader = Annotated[Staff, Depends(require(Role.EDITOR, Role.REVIEWER))]
Reviewer = Annotated[Staff, Depends(require(Role.REVIEWER))]


@router.get("/releases")
def all_releases(request: Request, who: Reader) -> dict[str, Any]:
    """The releases that can be served, newest first, what waits to be released, and the newest build."""
    office = service(request)
    home = office.settings.home
    office.builds.catch_up()
    waiting = [change_json(each, who) for each in office.changes.all(State.APPROVED)]
    found = [
        {key: release.manifest[key] for key in ("id", "made", "texts", "digests", "guides", "units")} | {"current": release.folder.name == pointed(home)}
        for release in kept(home)
    ]
    last = office.builds.last()
    return {"releases": found, "waiting": waiting, "build": build_json(last) if last else None}


@router.post("/releases", status_code=202)
def build(request: Request, who: Reviewer) -> dict[str, Any]:
    """Begin to build a release of what is approved. Raises Problem 409 while another build runs."""
    made = service(request).builds.begin(who)
    note(request, who, "开始建发布", f"第 {made.id} 次", "已开始")
    return build_json(made)


@router.post("/releases/{name}/select")
def select(name: Annotated[str, Path(max_length=64)], request: Request, who: Reviewer) -> dict[str, Any]:
    """Serve a kept release again. Raises Problem 404, 409."""
    release = service(request).builds.go_to(who, name)
    note(request, who, "切换发布", release.id, "成功")
    return all_releases(request, who)


def build_json(build: Build) -> dict[str, Any]:
    """A build in JSON."""
    plain = {name: getattr(build, name) for name in ("id", "name", "state", "part", "done", "total", "release", "said")}
    return plain | {"begun": build.begun.isoformat(), "updated": build.updated.isoformat()}
