"""The report of a run as one page that needs nothing else: charts, intervals, slices, gates, errors, and each case that fell, old beside new."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals import agreement, measures
from evals.charts import Bar, bars, said, sheet
from evals.compare import Change, case_scores, fallen
from evals.judge import Judged
from evals.run import Run
from evals.scoring import Scored, slices, table, worst
from evals.wording import FIELDS, MEASURES, SETS

SLICED = (("answer", "fact_recall"), ("retrieval", "recall@5"))
STYLE = Path(__file__).with_suffix(".css")


@dataclass(frozen=True, slots=True)
class Content:
    """What a report tells: the run's settings, its scored cases, errors, unmet gates, the run it is compared with, and a judge's reading."""

    settings: Mapping[str, Any]
    rows: Sequence[Scored]
    errors: Sequence[str] = ()
    failed: Sequence[str] = ()
    earlier: Run | None = None
    judged: Judged | None = None
    texts: bool = True


def write(path: Path, content: Content) -> Path:
    """Write the page."""
    path.write_text(page(content), encoding="utf-8")
    return path


def page(content: Content) -> str:
    """The whole page; with `texts` False nothing of an answer or a source is in it."""
    body = "".join(part for section in (_head, _problems, _readings, _sets, _abstaining, _slices, _times, _judge, _regressions) for part in section(content))
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>评测报告 {html.escape(str(content.settings['at']))}</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def _head(content: Content) -> Iterator[str]:
    told = content.settings
    facts = [
        ("题数", str(len(content.rows))),
        ("范围", {"dev": "开发题", "test": "测试题", "office": "本单位用例"}.get(told["split"], "全部")),
        ("发布", str(told["release"])),
        ("内容指纹", str(told["corpus"])[:16]),
        ("已导入原文", f"{told['texts']} 件"),
        ("要点和指南", f"{told['digests']} 条、{told['guides']} 份"),
        ("向量", str(told["embedder"] or "无")),
        ("代码版本", str(told["revision"])[:12]),
        ("用例指纹", str(told["cases"])[:16]),
        ("提问时间", str(told["at"])),
    ]
    yield "<h1>社组登记助手评测报告</h1>" + sheet(["项目", "内容"], facts)


def _problems(content: Content) -> Iterator[str]:
    for title, lines in (("未达门槛", content.failed), ("评测出错", content.errors)):
        if lines:
            yield f"<h2>{title}</h2><ul>" + "".join(f'<li class="bad">{html.escape(line)}</li>' for line in lines) + "</ul>"


def _readings(content: Content) -> Iterator[str]:
    found = agreement.measure()
    rows = [("第一依据相同", "first"), ("依据条文重合", "articles"), ("反过来", "cited"), ("关键事实相同", "facts")]
    told = sheet(["项目", "数值"], [(name, said(found[key])) for name, key in rows])
    yield f"<h2>用例靠不靠得住</h2><p>另一人没看答案，照原文读了 {found['cases']} 道回答题，和写题人的答案比：</p>{told}"


def _sets(content: Content) -> Iterator[str]:
    before = _before(content)
    yield "<h2>各组得分</h2><p>横线是 95% 区间（按题重抽样 1000 次），红线是对比的那一次。</p>"
    for name in dict.fromkeys([row.case.set for row in content.rows]):
        rows = [row for row in content.rows if row.case.set == name]
        found = [bar for measure in MEASURES if (bar := _measured(rows, measure, before))]
        yield bars(f"{SETS.get(name, name)}（{len(rows)} 题）", found)


def _measured(rows: Sequence[Scored], measure: str, before: Mapping[str, Mapping[str, float]]) -> Bar | None:
    values = [row.scores[measure] for row in rows if measure in row.scores]
    if not values:
        return None
    low, high = measures.bootstrap(values)
    earlier = [before[row.case.id][measure] for row in rows if measure in before.get(row.case.id, {})]
    same = len(earlier) == len(values)  # the mean over other cases is no comparison
    return Bar(MEASURES[measure], measures.mean(values), low, high, len(values), measures.mean(earlier if same else []))


def _before(content: Content) -> dict[str, dict[str, float]]:
    return case_scores(content.earlier.scored()[0]) if content.earlier else {}


def _abstaining(content: Content) -> Iterator[str]:
    found = table(content.rows)["all"]
    rows = [
        Bar(MEASURES[name], found[name])
        for name in ("abstention_recall", "abstention_precision", "over_refusal", "clarify_recall", "clarify_precision")
        if name in found
    ]
    if rows:
        yield "<h2>拒答和追问</h2>" + bars("全部用例", rows)


def _slices(content: Content) -> Iterator[str]:
    for name, measure in SLICED:
        rows = [row for row in content.rows if row.case.set == name]
        if not rows:
            continue
        yield f"<h2>{SETS[name]}分项：{MEASURES[measure]}</h2>"
        low = worst(rows, measure)
        if low:
            yield f'<p>最弱的一项：<span class="bad">{FIELDS[low[0]]}“{html.escape(low[1])}”{said(low[2])}</span>（{low[3]} 题）</p>'
        for field, title in FIELDS.items():
            found = [Bar(key, measures.mean(values), *measures.bootstrap(values), len(values)) for key, values in slices(rows, measure, field).items()]
            if found:
                yield bars(f"按{title}", sorted(found, key=lambda bar: bar.value))


def _times(content: Content) -> Iterator[str]:
    yield "<h2>用时和长度</h2>"
    found = {name: row for name, row in table(content.rows).items() if "/" not in name and name != "all"}
    for key, title, unit in (("ms", "用时", "毫秒"), ("length", "回答长度", "字")):
        rows = [
            Bar(f"{SETS.get(name, name)} {part}", row[f"{key}_{code}"])
            for name, row in found.items()
            for code, part in (("p50", "中位"), ("p95", "95%"))
            if f"{key}_{code}" in row
        ]
        if rows:
            yield bars(f"{title}（{unit}）", rows, most=max(bar.value for bar in rows) or 1.0, unit=f"（{unit}）")


def _judge(content: Content) -> Iterator[str]:
    judged = content.judged
    if not judged:
        return
    facts = [
        ("读的回答", str(judged.answers)),
        ("事实（两遍合计）", str(judged.facts)),
        ("模型认为说到的", said(judged.fact_recall)),
        ("模型认为自相矛盾的", said(judged.contradiction)),
        ("两遍一致", said(judged.self_agreement)),
        ("与字面核对一致", said(judged.agreement)),
        ("与字面核对的 κ", said(judged.kappa)),
        ("读不出的", str(len(judged.errors))),
    ]
    yield "<h2>语言模型的看法（只作参考，不作门槛）</h2>" + sheet(["项目", "数值"], facts)
    yield "".join(f"<p>{html.escape(line)}</p>" for line in judged.errors[:20])


def _regressions(content: Content) -> Iterator[str]:
    if not content.earlier:
        return
    fell = fallen(_before(content), case_scores(content.rows))
    by_case: dict[str, list[Change]] = {}
    for change in fell:
        by_case.setdefault(change.case, []).append(change)
    yield f"<h2>比 {html.escape(content.earlier.name)} 退步的题：{len(by_case)} 道</h2>"
    for row in content.rows:
        if row.case.id in by_case:
            yield _regression(row, by_case[row.case.id], content.earlier if content.texts else None)


def _regression(row: Scored, changes: Sequence[Change], earlier: Run | None) -> str:
    moved = "；".join(f"{MEASURES.get(one.measure, one.measure)} {said(one.before)} → {said(one.after)}" for one in changes)
    facts = "；".join(nugget.fact for nugget in row.case.nuggets)
    gold = "；".join("或".join(f"《{title}》{article}" for title, article in group) for group in row.case.gold)
    lines = [f"<h3>{html.escape(row.case.id)}　{html.escape(' → '.join(row.case.turns))}</h3>", f'<p class="bad">{html.escape(moved)}</p>']
    lines += [f"<p>{name}：{html.escape(text)}</p>" for name, text in (("整句问", row.case.whole), ("应有的事实", facts), ("应引的条文", gold)) if text]
    if earlier:
        sides = [(earlier.name, earlier.records.get(row.case.id)), ("这一次", row.record)]
        told = "".join(f"<section><h4>{html.escape(title)}</h4><pre>{html.escape(_shown(record))}</pre></section>" for title, record in sides)
        lines.append(f'<div class="sides">{told}</div>')
    return "".join(lines)


def _shown(record: Any) -> str:
    if record is None:
        return "（没有记录）"
    cited = "\n".join(f"[{citation.n}] 《{citation.title}》{citation.article}（{citation.edition}，{citation.status}）" for citation in record.citations)
    hits = "\n".join(f"{place}. 《{title}》{article}" for place, (title, article) in enumerate(record.hits[:5], 1)) if not record.answer else ""
    whole = f"整句问：{record.whole.outcome}\n{record.whole.error or record.whole.answer}" if record.whole else ""
    return "\n\n".join(part for part in (f"{record.outcome} {record.status}".strip(), record.error, record.answer, hits, cited, whole) if part)
