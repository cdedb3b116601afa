"""Tokens of texts by content, as numbers: what was cut for the last build need not be cut again for the next."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from array import array
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import clean
from index import tokens

KEY = 12
MOST = 20_000_000


class Cuts:
    """A vocabulary that grows as texts are cut, and the numbers of each text's tokens. `numbers` maps a token to its number."""

    def __init__(self, words: list[str] | None = None, known: Mapping[bytes, NDArray[np.int32]] | None = None) -> None:
        self.numbers = {word: number for number, word in enumerate(words or [])}
        self._known = known or {}
        self._used: dict[bytes, bytes] = {}
        self._size = 0

    def cut(self, text: str) -> bytes:
        """The numbers of a text's tokens, in order, as int32."""
        if not text:
            return b""
        key = hashlib.blake2b(text.encode(), digest_size=KEY).digest()
        found = self._used.get(key)
        if found is None:
            known = self._known.get(key)
            found = known.tobytes() if known is not None else self._fresh(text)
            self._size += len(found) // 4
            if self._size <= MOST:
                self._used[key] = found
        return found

    def _fresh(self, text: str) -> bytes:
        numbers = self.numbers
        return array("i", [numbers.setdefault(token, len(numbers)) for token in tokens.tokens(text)]).tobytes()

    def save(self, path: Path) -> None:
        """Keep what this build has used, in one step; nothing of a corpus so large that it would cost more than it saves."""
        if self._size > MOST:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}")
        with aside.open("wb") as file:
            np.savez(
                file,
                mark=np.array(_mark()),
                words=np.array(json.dumps(list(self.numbers), ensure_ascii=False)),
                keys=np.frombuffer(b"".join(self._used), np.uint8),
                lengths=np.array([len(found) // 4 for found in self._used.values()], np.int64),
                numbers=np.frombuffer(b"".join(self._used.values()), np.int32),
            )
        aside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Cuts:
        """What the last build kept; nothing where there is none, it is damaged, or texts are cut otherwise now."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
                if str(data["mark"]) != _mark():
                    return cls()
                words, keys = json.loads(str(data["words"])), data["keys"].tobytes()
                parts = np.split(data["numbers"], np.cumsum(data["lengths"])[:-1])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return cls()
        return cls(words, {keys[start : start + KEY]: part for start, part in zip(range(0, len(keys), KEY), parts, strict=False)})


def _mark() -> str:
    """What decides how a text is cut: the two modules that do it, and the library that knows the scripts."""
    digest = hashlib.sha256(version("OpenCC").encode())
    for module in (tokens, clean):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
