"""An office's layer and texts as files: out of one home and into another, the same; and nothing taken in that makes no whole."""

from __future__ import annotations

import json
from pathlib import Path

import lantern
import pytest
from test_layer import FIFTH, GUIDE, THIRD, digest

from api.command import main
from api.staff.ledger import Ledger
from api.store import Store
from corpus.catalog import catalog_from
from corpus.errors import CorpusError
from corpus.intake import Texts, import_files
from corpus.layer import Layer
from corpus.library import Library
from corpus.portable import Carried, export, take_in


@pytest.fixture
def home(tmp_path) -> Path:
    """A home with a layer of its own and two texts."""
    home = tmp_path / "home"
    import_files(lantern.write_files(tmp_path / "files"), Texts(home / "texts"), catalog_from(lantern.knowledge()["catalog"]))
    items = {("digests", THIRD): digest("第三条", "灯要亮。"), ("digests", FIFTH): digest("第五条", "扫街。"), ("guides", "saodeng"): GUIDE}
    Layer(items | {("office", "office"): {"name": "甲水省花灯局"}}).write(home / "knowledge")
    return home


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")}


def test_what_goes_out_comes_in_the_same(home, tmp_path):
    assert export(home, tmp_path / "out") == Carried({"catalog": 0, "digests": 2, "guides": 1, "office": 1}, 2)
    assert list(files(tmp_path / "out")) == [
        f"digests/{lantern.LAW}/{lantern.NEW}.yaml",
        "guides/saodeng.yaml",
        "office.yaml",
        f"texts/{lantern.LAW}/{lantern.OLD}.json",
        f"texts/{lantern.LAW}/{lantern.NEW}.json",
    ]
    other = tmp_path / "other"
    take_in(other, tmp_path / "out", lantern.knowledge())
    assert Layer.read(other / "knowledge") == Layer.read(home / "knowledge")
    assert list(Texts(other / "texts")) == list(Texts(home / "texts"))
    export(other, tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "out")
    assert take_in(other, tmp_path / "out", lantern.knowledge()) == Carried({"catalog": 0, "digests": 0, "guides": 0, "office": 0}, 0)


def test_writing_out_again_leaves_out_what_is_gone(home, tmp_path):
    (tmp_path / "out" / ".git").mkdir(parents=True)
    export(home, tmp_path / "out")
    Layer({("guides", "saodeng"): GUIDE}).write(home / "knowledge")
    (home / "texts" / lantern.LAW / f"{lantern.OLD}.json").unlink()
    export(home, tmp_path / "out")
    assert list(files(tmp_path / "out")) == ["guides/saodeng.yaml", f"texts/{lantern.LAW}/{lantern.NEW}.json"]
    assert (tmp_path / "out" / ".git").is_dir()


def test_nothing_is_written_among_other_things(home, tmp_path):
    (tmp_path / "论文.txt").write_text("别的", encoding="utf-8")
    with pytest.raises(CorpusError, match="里有别的东西"):
        export(home, tmp_path)


def test_what_is_brought_is_added_and_with_replace_is_all_there_is(home, tmp_path):
    brought = tmp_path / "brought"
    Layer({("digests", THIRD): digest("第三条", "灯要更亮。")}).write(brought)
    assert take_in(home, brought, lantern.knowledge()).items == {"catalog": 0, "digests": 1, "guides": 0, "office": 0}
    assert len(Layer.read(home / "knowledge").items) == 4
    assert take_in(home, brought, lantern.knowledge(), replace=True).items == {"catalog": 0, "digests": 1, "guides": 1, "office": 1}
    assert list(Layer.read(home / "knowledge").items) == [("digests", THIRD)]
    assert len(list(Texts(home / "texts"))) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("guides/a.yaml", "slug: [", "读不出来"),
        ("guides/a.yaml", "slug: a\ntitle: 甲\nmatter: 扫地\ntypes: [社会团体]", "不认识"),
        ("guides/a.yaml", "slug: ../a\ntitle: 甲", "只能用小写字母"),
        ("digests/meiyou/2020-01-01.yaml", "articles: [{article: 第一条}]", "目录里没有"),
        ("office.yaml", "region: 甲水省", "缺少 name"),
        ("texts/a/2020-01-01.json", "{", "损坏"),
        ("readme.txt", "", "里没有本局的"),
    ],
)
def test_a_folder_that_makes_no_whole_is_refused_and_changes_nothing(home, tmp_path, name, text, said):
    brought = tmp_path / "brought"
    (brought / name).parent.mkdir(parents=True)
    (brought / name).write_text(text, encoding="utf-8")
    before = files(home)
    with pytest.raises(CorpusError, match=said):
        take_in(home, brought, lantern.knowledge())
    assert files(home) == before


def test_the_commands_carry_a_layer_from_one_home_to_another(tmp_path, monkeypatch, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    guide = {**GUIDE, "summary": [{"say": "先问窗口。", "cite": ["社会团体登记管理条例 第九条"]}]}
    Layer({("guides", "saodeng"): guide}).write(first / "knowledge")
    monkeypatch.setenv("SHEZU_HOME", str(first))
    assert main(["corpus", "export", str(tmp_path / "out")]) == 0
    assert "办事指南 1" in capsys.readouterr().out
    monkeypatch.setenv("SHEZU_HOME", str(second))
    assert main(["corpus", "import", "--knowledge", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": {"catalog": 0, "digests": 0, "guides": 1, "office": 0}, "texts": 0}
    assert Library.at(second).guide("saodeng")
    store = Store(f"sqlite:///{second}/shezu.sqlite")
    entry = Ledger(store).entries()[0]
    store.close()
    assert (entry.origin, entry.action) == ("命令行", "导入本局语料")
    assert main(["corpus", "import", "--knowledge", str(tmp_path / "nothing")]) == 1
    assert "没有这个文件夹" in capsys.readouterr().err
    assert main(["corpus", "import"]) == 1
