"""The office's own layer of knowledge: catalog entries, digests, guides and its card, as files that overlay what ships."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.catalog import catalog_from, read_yaml, write_yaml
from corpus.errors import BadKnowledge, CorpusError

CATALOG, DIGEST, GUIDE, OFFICE = KINDS = ("catalog", "digests", "guides", "office")
CARD = "office.yaml"
OWN = "own"
"""What the names of this layer's files begin with among those that ship."""
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Knowledge = Mapping[str, Mapping[str, Any]]
Key = tuple[str, str]


def digest_key(law: str, edition: str, article: str) -> str:
    """The key of a digest: law slug / edition / article."""
    return f"{law}/{edition}/{article}"


def digest_parts(key: str) -> tuple[str, str, str]:
    """Law slug, edition and article of a digest's key. Raises BadKnowledge."""
    law, _, rest = key.partition("/")
    edition, _, article = rest.partition("/")
    if not SLUG.fullmatch(law) or not DAY.fullmatch(edition) or not article.strip():
        raise BadKnowledge(f"要点的编号“{key}”应是 文件/版本日期/条号")
    return law, edition, article


def withdrawn(content: Any) -> bool:
    """Whether an item takes back what ships under its key, in place of replacing it."""
    return isinstance(content, Mapping) and bool(content.get("withdrawn"))


@dataclass(frozen=True)
class Layer:
    """Plain values by (kind, key): catalog and guides by slug, digests by `digest_key`, the card by the key office."""

    items: Mapping[Key, Any]

    @classmethod
    def read(cls, folder: Path) -> Layer:
        """The layer in a folder, empty where there is none. Raises BadKnowledge naming the file."""
        items: dict[Key, Any] = {}
        for path in sorted(folder.glob("catalog/*.yaml")):
            for row in _rows(read_yaml(path), path):
                items[CATALOG, str(row.get("slug", path.stem))] = row
        for path in sorted(folder.glob("guides/*.yaml")):
            content = _mapping(read_yaml(path), path)
            items[GUIDE, str(content.get("slug", path.stem))] = content
        for path in sorted(folder.glob("digests/*/*.yaml")):
            for row in _rows(_mapping(read_yaml(path), path).get("articles"), path):
                items[DIGEST, digest_key(path.parent.name, path.stem, str(row.get("article", "")))] = row
        if (folder / CARD).exists():
            items[OFFICE, OFFICE] = _mapping(read_yaml(folder / CARD), folder / CARD)
        return cls(items)

    def item(self, kind: str, key: str) -> Any:
        """What the layer says under a key, or None."""
        return self.items.get((kind, key))

    def replaced(self, kind: str, key: str, content: Any) -> Layer:
        """The layer with an item put in place, or taken out where the content is None."""
        items = {name: value for name, value in self.items.items() if name != (kind, key)}
        return Layer(items if content is None else items | {(kind, key): content})

    def files(self) -> dict[str, Any]:
        """The content of every file of the layer by its path in the folder. Raises BadKnowledge for a key that names no file."""
        found: dict[str, Any] = {}
        for (kind, key), content in sorted(self.items.items(), key=lambda item: item[0]):
            if kind == OFFICE:
                found[CARD] = content
            elif kind == DIGEST:
                law, edition, _ = digest_parts(key)
                file = found.setdefault(f"digests/{law}/{edition}.yaml", {"law": law, "edition": edition, "articles": []})
                file["articles"].append(content)
            elif SLUG.fullmatch(key):
                found[f"{kind}/{key}.yaml"] = [content] if kind == CATALOG else content
            else:
                raise BadKnowledge(f"代号“{key}”只能用小写字母、数字和连字符")
        return found

    def write(self, folder: Path) -> None:
        """Make the folder hold exactly this layer; every file appears complete or not at all. Raises CorpusError, as on a full disk."""
        wanted = self.files()
        try:
            for name, content in wanted.items():
                _replace(folder / name, write_yaml(content))
            for path in [*folder.glob("*/*.yaml"), *folder.glob("digests/*/*.yaml"), *folder.glob(CARD)]:
                if path.relative_to(folder).as_posix() not in wanted:
                    path.unlink()
        except OSError as error:
            raise CorpusError(f"{folder.name} 写不进去（{error.strerror}），请检查磁盘空间和权限") from error

    def over(self, shipped: Knowledge) -> dict[str, dict[str, Any]]:
        """What ships with this layer on top: an item replaces the one of its key, is added, or takes it away."""
        known: dict[str, dict[str, Any]] = {kind: dict(files) for kind, files in shipped.items()}
        by_kind = {kind: {key: content for (of, key), content in self.items.items() if of == kind} for kind in KINDS}
        _overlay_catalog(known.setdefault(CATALOG, {}), by_kind[CATALOG])
        _overlay_guides(known.setdefault(GUIDE, {}), by_kind[GUIDE])
        if by_kind[DIGEST]:
            _overlay_digests(known.setdefault(DIGEST, {}), by_kind[DIGEST], known[CATALOG])
        if by_kind[OFFICE]:
            known[OFFICE] = {CARD: by_kind[OFFICE][OFFICE]}
        return known


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the one lock under which a layer is read and written again."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def put(folder: Path, kind: str, key: str, content: Any) -> None:
    """Put an item into the layer of a folder, or take it out where the content is None. Raises CorpusError."""
    with changing(folder):
        Layer.read(folder).replaced(kind, key, content).write(folder)


def _overlay_catalog(files: dict[str, Any], own: Mapping[str, Any]) -> None:
    for name, rows in list(files.items()) if own else ():
        files[name] = [row for row in rows or () if row.get("slug") not in own]
    files.update({f"{OWN}/{slug}.yaml": [row] for slug, row in own.items()})


def _overlay_guides(files: dict[str, Any], own: Mapping[str, Any]) -> None:
    for name, content in list(files.items()):
        if content.get("slug") in own:
            del files[name]
    files.update({f"{OWN}/{slug}.yaml": content for slug, content in own.items() if not withdrawn(content)})


def _overlay_digests(files: dict[str, Any], own: Mapping[str, Any], catalog: Mapping[str, Any]) -> None:
    known = catalog_from(catalog)
    places: dict[tuple[str, str], str] = {}
    for name, content in files.items():
        law = known.find(str(content.get("law", "")))
        if law:
            places[law.slug, str(content.get("edition", ""))] = name
    for key, row in own.items():
        slug, edition, article = digest_parts(key)
        name = places.setdefault((slug, edition), f"{OWN}/{slug}/{edition}.yaml")
        file = files.get(name) or {"law": slug, "edition": edition, "articles": []}
        rows = [other for other in file.get("articles") or () if str(other.get("article")) != article]
        place = next((i for i, other in enumerate(file.get("articles") or ()) if str(other.get("article")) == article), len(rows))
        files[name] = {**file, "articles": rows if withdrawn(row) else [*rows[:place], row, *rows[place:]]}


def _rows(content: Any, path: Path) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise BadKnowledge(f"{path.parent.name}/{path.name}：应是一列条目（以 - 开头），请对照 docs/writing-knowledge.md 修改")
    return content


def _mapping(content: Any, path: Path) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise BadKnowledge(f"{path.parent.name}/{path.name}：应由“名称: 内容”各行组成，请对照 docs/writing-knowledge.md 修改")
    return content


def _replace(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
