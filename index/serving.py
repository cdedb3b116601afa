"""Which release is served when the current one is damaged: the last good one, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path

from index.errors import BadRelease, NoRelease
from index.release import Release, pointed, problems, read, releases


def serviceable(home: Path) -> tuple[Release, str]:
    """The release to serve, and what is wrong with the current one ("" where it is that): the newest whole one before it stands in.

    Raises NoRelease, or BadRelease where no whole one is left.
    """
    name = pointed(home)
    if not name:
        raise NoRelease(f"{home} 里还没有发布，请先运行 shezu index build")
    try:
        release = read(home / "releases" / name)
        wrong = next(iter(problems(release)), "")
    except BadRelease as error:
        wrong = str(error)
    if not wrong:
        return release, ""
    for older in reversed(releases(home)):
        if older.folder.name < name and not problems(older):
            return older, f"发布 {name} 已损坏（{wrong}）"
    raise BadRelease(f"发布 {name} 已损坏（{wrong}），也没有完好的旧发布可用，请运行 shezu index build 重建")
