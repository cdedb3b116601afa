"""Message XML to and from plain mappings; a document type, an entity, depth or size beyond a message's is refused, not expanded."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

LARGEST = 64 * 1024
DEEPEST = 4
MOST_FIELDS = 100


class BadNote(Exception):
    """The body is no message of the platform: the reason."""


def read(body: bytes) -> dict[str, str]:
    """The fields directly under the root, by name; what lies deeper is left out. Raises BadNote."""
    if len(body) > LARGEST:
        raise BadNote(f"消息有 {len(body)} 字节，超过 {LARGEST}")
    fields: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, _: Mapping[str, str]) -> None:
        path.append(name)
        if len(path) > DEEPEST or len(fields) > MOST_FIELDS:
            raise BadNote("消息的层数或字段太多")
        if len(path) == 2:
            fields[name] = ""

    def text(data: str) -> None:
        if len(path) == 2:
            fields[path[1]] += data

    def refuse(*_: object) -> None:
        raise BadNote("消息里有文档类型或实体声明")

    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise BadNote(f"不是合格的 XML（第 {error.lineno} 行）") from None
    return fields


def write(fields: Mapping[str, str | int]) -> str:
    """The fields under <xml>; strings as CDATA, numbers as they are."""
    parts = [f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{_safe(value)}]]></{name}>" for name, value in fields.items()]
    return f"<xml>{''.join(parts)}</xml>"


def _safe(value: str) -> str:
    return value.replace("]]>", "]]]]><![CDATA[>")
