"""`shezu index …`: build, inspect and switch releases."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from api.settings import Settings
from api.speech import OK, PROBLEMS, say
from corpus.library import Library
from index import adapter, archive, embed, training
from index.errors import BadAdapter, NoEmbedder
from index.passages import Progress
from index.release import Release, build, current, fingerprint, problems, releases, rollback
from index.seed import write_seed
from index.signing import make_keys, trusted_keys
from index.view_training import write_view


def add_parsers(commands: Any) -> None:
    """The index commands."""
    index = commands.add_parser("index", help="建索引、查看和切换发布").add_subparsers(dest="action", required=True, metavar="动作")
    build = index.add_parser("build", help="按现有内容建一个新发布并切换过去")
    build.add_argument("--lexical-only", action="store_true", help="不计算向量，只用关键词检索")
    build.set_defaults(run=run_build)
    train = index.add_parser("train", help="从要点的日常问法和本单位的问答对学习问题侧，对本单位的问题有用才写下")
    train.add_argument("--pairs", type=Path, default=None, metavar="文件", help='本单位的问答对，一行一个 {"question": "…", "articles": ["慈善法 第二十二条"]}')
    train.add_argument("--keep-anyway", action="store_true", help="没有检验出好处也写下")
    train.set_defaults(run=run_train)
    index.add_parser("status", help="当前发布和历史发布").set_defaults(run=run_status)
    index.add_parser("rollback", help="退回上一个发布").set_defaults(run=run_rollback)
    keys = index.add_parser("keys", help="生成一对签发发布包的密钥")
    keys.add_argument("folder", type=Path, help="放密钥的文件夹；私钥只留在签发的机器上，公钥发给各处")
    keys.set_defaults(run=run_keys)
    out = index.add_parser("export", help="把当前发布导出成签名的发布包")
    out.add_argument("file", type=Path, help="写到哪里，如 发布.zip")
    out.add_argument("--key", type=Path, required=True, help="签发用的私钥文件")
    out.set_defaults(run=run_export)
    taken = index.add_parser("import", help="导入签名的发布包并启用，运行中的服务不用重启")
    taken.add_argument("file", type=Path)
    taken.add_argument("--trust", type=Path, default=None, help="可信的公钥文件或文件夹（默认 SHEZU_RELEASE_TRUST）")
    taken.add_argument("--older", action="store_true", help="允许导入比正在用的更旧的发布")
    taken.set_defaults(run=run_import)
    seed = index.add_parser("seed", help="把自有内容的向量写成随代码发布的种子（维护者用）")
    seed.set_defaults(run=run_seed)
    view = index.add_parser("view", help="从自有要点的问法学出比较要点用的向量视角，随代码发布（维护者用）")
    view.set_defaults(run=run_view)


def run_build(args: argparse.Namespace, settings: Settings) -> int:
    """Build a release with a progress bar for each part."""

    embedder = None
    if not args.lexical_only:
        try:
            embedder = embed.load(settings.embedder)
        except NoEmbedder as problem:
            if settings.embedder != embed.DEFAULT:
                raise
            say(str(problem))
    started = time.perf_counter()
    with _bars() as progress:
        release, made = build(settings.home, embedder, progress)
    if made:
        say(
            f"发布 {release.id} 已建好并启用：单元 {release.manifest['units']} 个，原文 {release.manifest['texts']} 件，"
            f"用时 {time.perf_counter() - started:.1f} 秒"
        )
    else:
        say(f"内容没有变化，沿用发布 {release.id}")
    if unused := adapter.kept(settings.home, embedder)[1]:
        say(f"注意：{unused}")
    _send(release, settings)
    return OK


@contextmanager
def _bars() -> Iterator[Progress]:
    """A progress bar on stderr for each part of a task."""
    bars: dict[str, Any] = {}

    def progress(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = tqdm(total=total, desc=what, unit="条", file=sys.stderr, mininterval=0.5)
        bars[what].update(done - bars[what].n)

    try:
        yield progress
    finally:
        for one in bars.values():
            one.close()


def run_train(args: argparse.Namespace, settings: Settings) -> int:
    """Learn the question side, tell what it gains on articles held out, and keep it only where that is more than chance."""
    embedder = embed.load(settings.embedder)
    if embedder is None:
        raise BadAdapter("SHEZU_EMBEDDER=none 不用向量，没有可学的")
    library = Library.at(settings.home)
    own = training.read_pairs(args.pairs, library) if args.pairs else []
    corpus = fingerprint(library.knowledge, settings.home / "texts", embedder.name)
    with _bars() as progress:
        found = training.train(library, settings.home / "cache" / "vectors.sqlite", embedder, own, corpus, progress)
    say(f"学了 {found.learned} 个问题；留出 {len(set(found.groups))} 条条文的 {len(found.before)} 个问题没有学，用来检验")
    _say_recalls(found, "要点的问题", ~found.own)
    _say_recalls(found, "本单位的问题", found.own)
    if not found.gains and not args.keep_anyway:
        say(f"没有写下，检索照旧：要在 {training.LEAST_OWN} 个以上没有学过的本单位问题上有超出偶然的提高才写（--pairs），一定要写请加 --keep-anyway")
        return OK
    say(f"已写入 {training.keep(settings.home, found.adapter)}，运行 shezu index build 后启用；要停用就删掉它再建一次")
    return OK


def _say_recalls(found: training.Outcome, whose: str, chosen: NDArray[np.bool_]) -> None:
    if not chosen.any():
        return
    interval = found.interval(chosen)
    for place, depth in enumerate(training.DEPTHS):
        before, after = found.before[chosen, place].mean(), found.after[chosen, place].mean()
        low, high = interval[:, place]
        say(
            f"{whose} {chosen.sum()} 个 recall@{depth}：学之前 {before:.3f}，学之后 {after:.3f}，差 {after - before:+.3f}（95% 区间 {low:+.3f} 到 {high:+.3f}）"
        )


def _send(release: Release, settings: Settings) -> None:
    """Send a release to the vector server, where there is one."""
    if settings.vector_server and release.manifest["embedder"]:
        from index.served import send

        sent = send(settings.vector_server, release.id, release.folder)
        say(f"向量库：送去 {sent} 条向量" if sent else "向量库里已有这个发布的全部向量")


def run_status(args: argparse.Namespace, settings: Settings) -> int:
    """The current release and those that can be gone back to."""

    now = current(settings.home)
    wrong = problems(now)
    for release in releases(settings.home):
        mark = "→" if release.id == now.id else " "
        kept = release.manifest
        learned = " 问题侧已学习" if (release.folder / adapter.NAME).is_file() else ""
        say(f"{mark} {release.id} 单元 {kept['units']} 原文 {kept['texts']} 要点 {kept['digests']} 指南 {kept['guides']}{learned}")
    for problem in wrong:
        say(f"当前发布已损坏：{problem}")
    return PROBLEMS if wrong else OK


def run_rollback(args: argparse.Namespace, settings: Settings) -> int:
    """Go back one release."""

    say(f"已退回发布 {rollback(settings.home).id}")
    return OK


def run_keys(args: argparse.Namespace, settings: Settings) -> int:
    """Make the keys that releases are signed and checked with."""
    private, public = make_keys(args.folder)
    say(f"私钥 {private}：只留在签发的机器上，不要发给任何人，请另外备份一份")
    say(f"公钥 {public}：发给要导入发布包的机器，用 --trust 或 SHEZU_RELEASE_TRUST 指明")
    return OK


def run_export(args: argparse.Namespace, settings: Settings) -> int:
    """Write the current release as a signed archive."""
    release = current(settings.home)
    file = archive.export(release, args.file, args.key)
    say(f"发布 {release.id} 已导出到 {file}（{file.stat().st_size / 1_000_000:.1f} MB，已签名）")
    return OK


def run_import(args: argparse.Namespace, settings: Settings) -> int:
    """Take in a signed archive and switch to its release."""
    release, new = archive.take_in(settings.home, args.file, trusted_keys(args.trust or settings.release_trust), args.older)
    _send(release, settings)
    say(f"签名有效。发布 {release.id} {'已导入并' if new else '本来就在，已'}启用；运行中的服务会在下一个问题时用上它")
    return OK


def run_seed(args: argparse.Namespace, settings: Settings) -> int:
    """Write the shipped seed of vectors: those of digests and guides, without any imported text."""

    say(f"种子向量 {write_seed(settings.home)} 条")
    return OK


def run_view(args: argparse.Namespace, settings: Settings) -> int:
    """Learn the shipped view of the vectors, and tell what it finds for points that were held out."""
    found = write_view(settings.home, settings.today or date.today())
    say(
        f"学了 {found.questions} 个问法。留出要点的 {found.held_out} 个问法中，最近的一句就是本要点的："
        f"原来 {found.before:.3f}，学后 {found.after:.3f}。已写入 index/data/view.npz"
    )
    return OK
