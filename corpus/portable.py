"""An office's layer and imported texts as a folder of files: written out for git or another office, and taken in again whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from corpus.intake import Held, Texts
from corpus.layer import CARD, KINDS, OFFICE, Knowledge, Layer, changing
from corpus.library import Library
from corpus.office import office_from

TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Carried:
    """How many items of each kind, and how many texts, were written or differ from what was there."""

    items: Mapping[str, int]
    texts: int


def export(home: Path, folder: Path) -> Carried:
    """Write the layer and texts of a home into a folder. Raises CorpusError where that holds other things."""
    strange = (
        [path.name for path in folder.glob("*") if path.name not in (*KINDS, TEXTS, CARD, ".git", ".gitattributes", "README.md")] if folder.is_dir() else []
    )
    if strange:
        raise CorpusError(f"{folder} 里有别的东西（{'、'.join(sorted(strange)[:3])}），请换一个空文件夹，免得混在一起")
    layer, texts = Layer.read(home / "knowledge"), list(Texts(home / TEXTS))
    layer.write(folder)
    shutil.rmtree(folder / TEXTS, ignore_errors=True)
    for held in texts:
        Texts(folder / TEXTS).write(held)
    return Carried(_counted(layer), len(texts))


def take_in(home: Path, folder: Path, shipped: Knowledge, *, replace: bool = False) -> Carried:
    """Put what a folder holds into a home; with `replace` the layer is that and nothing else. Texts are only added or replaced.

    Raises CorpusError naming what is wrong with the folder; then nothing has changed.
    """
    if not folder.is_dir():
        raise CorpusError(f"没有这个文件夹：{folder}")
    brought, texts = Layer.read(folder), list(Texts(folder / TEXTS))
    if not brought.items and not texts:
        raise CorpusError(f"{folder} 里没有本局的要点、指南、目录、办事机构或原文（shezu corpus export 写出来的样子）")
    with changing(home / "knowledge"), Texts(home / TEXTS).importing():
        before = Layer.read(home / "knowledge")
        after = brought if replace else Layer({**before.items, **brought.items})
        _check(after, home, texts, shipped)
        fresh = [held for held in texts if Texts(home / TEXTS).read(held.law, held.edition.date) != held]
        for held in fresh:
            Texts(home / TEXTS).write(held)
        after.write(home / "knowledge")
    keys = set(before.items) | set(after.items)
    changed = Layer({key: None for key in keys if before.items.get(key) != after.items.get(key)})
    return Carried(_counted(changed), len(fresh))


def _check(layer: Layer, home: Path, texts: list[Held], shipped: Knowledge) -> None:
    layer.files()
    known = layer.over(shipped)
    Library(known, home / TEXTS, texts)
    card = layer.item(OFFICE, OFFICE)
    if card is not None:
        office_from(card, CARD)


def _counted(layer: Layer) -> dict[str, int]:
    return {kind: sum(of == kind for of, _ in layer.items) for kind in KINDS}
