"""An invented law in two editions, a local and a named one beside it, with digests and a guide; and an embedder without a model.

Nothing of it is taken from a real text: what the tests say about it stays true whatever the shipped knowledge says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalog import catalog_from
from corpus.intake import Texts, import_files
from index.release import Release, build
from index.tokens import tokens

LAW = "huadenghui-dengji-banfa"
LOCAL = "jiasheng-huadenghui-tiaoli"
FERRY = "duchuan-guize"
OLD, NEW = "2010-03-01", "2019-11-05"

OLD_TEXT = """# 花灯会登记办法

2010年3月1日花灯局令第1号公布　自2010年5月1日起施行

## 第一章 总则

第一条 为了让花灯会办得热闹，花灯局定下本办法。

第二条 本办法所说的花灯会，是乡邻凑在一起摆灯的群众团体。

花灯会不卖票，也不分钱。

## 第二章 登记

第三条 申请登记的花灯会要具备下列条件：

（一）有三十盏以上的花灯；

（二）有一万元以上的灯油钱。

第四条 花灯局收到申请后，应当在三十日内给出答复。

第五条 灯油账目每年三月抄送花灯局一份。

## 第三章 附则

第六条 本办法自2010年5月1日起施行。
"""

NEW_TEXT = """# 花灯会登记办法

2010年3月1日花灯局令第1号公布　2019年11月5日花灯局令第9号修订　自2020年1月1日起施行

## 第一章 总则

第一条 为了让花灯会办得热闹又安全，花灯局定下本办法。

第二条 本办法所说的花灯会，是乡邻凑在一起摆灯的群众团体。

花灯会不卖票，也不分钱。

## 第二章 登记

第三条 申请登记的花灯会要具备下列条件：

（一）有四十盏以上的花灯；

（二）有三万元以上的灯油钱；

（三）有一处固定的灯棚。

灯棚可以向渡口租借。

第三条之一 灯棚设在河边的，应当备下两条小船。

第四条 花灯局收到申请后，应当在二十日内给出答复。

第五条 落灯以后十日内清扫街巷。

## 第三章 附则

第六条 本办法自2020年1月1日起施行。
"""


def knowledge() -> dict[str, dict[str, Any]]:
    """Catalog, digests and guides of the invented laws, made anew for each caller."""
    return {"catalog": {"lantern.yaml": _catalog()}, "digests": _digests(), "guides": {"lantern.yaml": _guide()}}


def _catalog() -> list[dict[str, Any]]:
    return [
        {
            "slug": LAW,
            "title": "花灯会登记办法",
            "aliases": ["花灯办法", "九号灯令"],
            "rank": "部门规章",
            "editions": [
                {"date": OLD, "in_force_from": "2010-05-01", "in_force_to": "2019-12-31", "replaced_by": NEW, "text": "held"},
                {"date": NEW, "in_force_from": "2020-01-01", "text": "held"},
            ],
        },
        {
            "slug": LOCAL,
            "title": "甲水省花灯会条例",
            "rank": "地方性法规",
            "region": "甲水省",
            "editions": [{"date": "2015-06-01", "in_force_from": "2015-07-01"}],
        },
        {
            "slug": FERRY,
            "title": "渡船规则",
            "aliases": ["渡船令"],
            "rank": "行政法规",
            "editions": [{"date": "2001-01-01", "in_force_from": "2001-02-01"}],
        },
    ]


def _digests() -> dict[str, Any]:
    return {
        "old.yaml": _digest(LAW, OLD, {"第三条": "登记要有 30 盏灯和 1 万元灯油钱。", "第四条": "花灯局 30 日内答复登记申请。"}),
        "new.yaml": _digest(LAW, NEW, {"第三条": "登记要有 40 盏灯、3 万元灯油钱和灯棚。", "第四条": "花灯局 20 日内答复登记申请。"}),
        "local.yaml": _digest(LOCAL, "2015-06-01", {"第八条": "甲水省的花灯会登记还要请舞龙队验灯。"}),
        "ferry.yaml": _digest(FERRY, "2001-01-01", {"第八条": "渡船天黑以后停航，花灯会期间可以晚两个时辰。", "第九条": "渡船每年春天上一遍桐油。"}),
    }


def _digest(law: str, edition: str, says: dict[str, str]) -> dict[str, Any]:
    articles = [
        {"article": label, "topic": say[:6], "types": ["社会团体"], "matters": ["成立"], "points": [{"say": say, "ask": [f"{say[:4]}怎么办"]}]}
        for label, say in says.items()
    ]
    return {"law": law, "edition": edition, "verified": law == LAW, "articles": articles}


def _guide() -> dict[str, Any]:
    return {
        "slug": "huadenghui-dengji",
        "title": "花灯会登记",
        "matter": "成立",
        "types": ["社会团体"],
        "ask": ["花灯会怎么登记"],
        "conditions": [{"say": "先备齐 40 盏灯。", "cite": ["花灯会登记办法 第三条第一项"]}],
        "limits": [{"say": "20 日内有答复。", "cite": ["花灯会登记办法 第四条"]}],
    }


class TokenHashes:
    """An embedder that needs no model: each token has its own fixed direction, a text is the sum of its tokens, length 1."""

    name = "token-hashes"
    dimension = 64

    def questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one row a text."""
        return np.stack([self._vector(text) for text in texts])

    passages = questions

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.sum([direction(token) for token in tokens(text)] or [direction("")], axis=0)
        return (total / (np.linalg.norm(total) or 1.0)).astype(np.float32)


@cache
def direction(token: str) -> NDArray[np.float32]:
    """A unit vector that the token alone decides."""
    seed = int.from_bytes(hashlib.sha256(token.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(TokenHashes.dimension)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def write_files(folder: Path) -> list[Path]:
    """The two editions as Markdown files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"花灯会登记办法({day}).md" for day in (OLD, NEW)]
    for file, text in zip(files, (OLD_TEXT, NEW_TEXT), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def import_and_build(home: Path, files: Sequence[Path]) -> Release:
    """What an office does: import files into a home, then build a release of them."""
    known = knowledge()
    reports = import_files(files, Texts(home / "texts"), catalog_from(known["catalog"]))
    assert not [report.reason for report in reports if report.failed]
    return build(home, TokenHashes(), knowledge=known)[0]
