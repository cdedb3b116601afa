"""`shezu corpus fetch`: official texts from the sites that publish them, and the addresses given to `corpus import`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tqdm import tqdm

from api.settings import Settings
from api.speech import OK, PROBLEMS, out_json, say
from corpus.catalog import Catalog
from corpus.dial import OFFICIAL_HOSTS
from corpus.download import Downloader
from corpus.fetch import Fetched, State, as_json, fetch, import_address, wanted
from corpus.intake import Report, Texts
from corpus.library import Library

OpenDownloader = Callable[[Settings], Downloader]


def add_parser(corpus: Any) -> None:
    """The fetch command."""
    get = corpus.add_parser("fetch", help="从官网取官方文本：shezu corpus fetch 慈善法，或 --missing 取全部尚缺的")
    get.add_argument("laws", nargs="*", metavar="文件名")
    get.add_argument("--missing", action="store_true", help="目录里所有还没有导入原文的版本")
    get.add_argument("--again", action="store_true", help="已有原文的也重新取一遍，内容变了才改动")
    get.add_argument("--limit", type=int, default=None, metavar="件数", help="这次最多取多少件，其余下次接着取")
    get.add_argument("--json", action="store_true")
    get.set_defaults(run=run_fetch, misused=get.error)


def downloader_for(settings: Settings) -> Downloader:
    """The downloader of the product: national sites and those that the office names in SHEZU_FETCH_HOSTS, through its proxy."""
    return Downloader(OFFICIAL_HOSTS | set(settings.fetch_hosts), proxy=settings.fetch_proxy)


def run_fetch(args: argparse.Namespace, settings: Settings, open_downloader: OpenDownloader = downloader_for) -> int:
    """Get the texts of the named laws, or of every edition without one; exit code 1 if something did not come."""
    if bool(args.laws) == args.missing:
        args.misused("请写文件名（shezu corpus fetch 慈善法），或用 --missing 取全部尚缺的，两者选一")
    if args.limit is not None and args.limit < 1:
        args.misused(f"--limit {args.limit} 应是 1 以上的整数")
    library, texts = Library.at(settings.home), Texts(settings.home / "texts")
    labels: dict[tuple[str, str], list[str]] = {}
    for digest in library.digests:
        labels.setdefault((digest.law, digest.edition), []).append(digest.article)
    targets = wanted(library.catalog, args.laws, texts, args.again)
    started = time.perf_counter()
    with State(settings.home / "fetch.json").held() as state, open_downloader(settings) as downloader:
        chosen = state.in_turn(targets)[: args.limit]
        with tqdm(total=len(chosen), desc="取文件", unit="件", file=sys.stderr) as progress:
            found = fetch(chosen, downloader, texts, labels, state, lambda fetched: _show(progress, fetched))
    if args.json:
        out_json([as_json(fetched) for fetched in found])
    else:
        _tell(found, len(targets), time.perf_counter() - started)
    return PROBLEMS if any(fetched.failed for fetched in found) else OK


def _show(progress: Any, fetched: Fetched) -> None:
    progress.set_postfix_str(f"{fetched.outcome} {fetched.law[:16]}", refresh=False)
    progress.update()


def _tell(found: Sequence[Fetched], asked: int, seconds: float) -> None:
    for fetched in found:
        what = fetched.reason if fetched.failed else f"{fetched.articles} 条；{'；'.join(fetched.checks)}；{fetched.url}"
        say(f"{fetched.outcome} 《{fetched.law}》{fetched.edition}：{what}" + (f"（{fetched.note}）" if fetched.note else ""))
    if not asked:
        say("要取的版本都已有原文，没有请求任何网站；要重新取请加 --again")
        return
    counts = {outcome: sum(fetched.outcome == outcome for fetched in found) for outcome in ("已取得", "无变化", "未取得")}
    rest = f"，还有 {asked - len(found)} 件没有轮到" if asked > len(found) else ""
    say(f"共 {len(found)} 件：" + "，".join(f"{k} {v}" for k, v in counts.items()) + f"{rest}；用时 {seconds:.1f} 秒")
    if counts["未取得"]:
        say("没有取得的，下次运行会再试；也可以用浏览器下载后运行 shezu corpus import。")
    if counts["已取得"]:
        say("运行 shezu index build 后，新取得的原文才会用于回答。")


def import_addresses(urls: Sequence[str], settings: Settings, catalog: Catalog, progress: Callable[[Report], None]) -> list[Report]:
    """Import what stands behind web addresses, through the same downloader."""
    reports: list[Report] = []
    if not urls:
        return reports
    texts = Texts(settings.home / "texts")
    with downloader_for(settings) as downloader:
        for url in urls:
            reports.append(import_address(url, downloader, texts, catalog))
            progress(reports[-1])
    return reports
