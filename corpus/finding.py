"""What an audit finds: one kind, one place, one sentence of what is wrong, and the law it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of findings, in the words that reports print."""

    NO_ARTICLE = "条文不存在"
    NO_PART = "款项不存在"
    NO_SUPPORT = "数额无出处"
    FIGURES_DIFFER = "数额自相矛盾"
    LAPSED = "依据已失效"
    NOT_YET = "依据未施行"
    NEWER = "有更新文本"
    GUIDES_DIFFER = "指南互相矛盾"
    AGAINST_LAW = "指南与条文矛盾"
    UNRESOLVED = "引用不能解析"
    NOT_IN_CATALOG = "目录缺文件"
    UNCITED = "没有依据"
    NO_DIGEST = "核心文件缺要点"
    STALE = "说法已过时"
    AGAINST_RULE = "与现行规定不符"
    MOVED = "条号不符"
    NOTICE = "提示"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: its kind, where it stands, what is wrong and what holds instead, and the title of the law."""

    kind: Kind
    where: str
    what: str
    law: str = ""
