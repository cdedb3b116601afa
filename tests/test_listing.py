"""`shezu corpus list`: what is in force, whether its text is held, how sure the catalog is, and where it is published."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import lantern
import pytest

from api.command_corpus import run_list
from api.settings import Settings
from corpus.catalog import catalog_from
from corpus.intake import Texts, import_files
from corpus.library import Library


def knowledge() -> dict:
    found = lantern.knowledge()
    lanterns, local, ferry = found["catalog"]["lantern.yaml"]
    lanterns |= {"url": "https://flk.npc.gov.cn/", "newer": {"date": "2026-03-17", "confidence": "中", "note": "据悉又有修改"}}
    local["confidence"] = "低"
    ferry["editions"][0]["url"] = "https://www.mca.gov.cn/ferry.html"
    return found


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home in which both editions of the lanterns are held."""
    monkeypatch.setattr(Library, "at", classmethod(lambda cls, home: Library(knowledge(), home / "texts")))
    import_files(lantern.write_files(tmp_path / "files"), Texts(tmp_path / "texts"), catalog_from(knowledge()["catalog"]))
    return Settings(home=tmp_path, today=date(2026, 11, 23))


def listed(settings: Settings, capsys: pytest.CaptureFixture[str], on: date | None = None, as_json: bool = True) -> str:
    assert run_list(argparse.Namespace(date=on, json=as_json), settings) == 0
    return capsys.readouterr().out


def test_each_row_tells_the_state_of_the_text_and_the_confidence(settings, capsys):
    rows = {row["title"]: row for row in json.loads(listed(settings, capsys))}
    lanterns, local, ferry = rows["花灯会登记办法"], rows["甲水省花灯会条例"], rows["渡船规则"]
    assert (lanterns["edition"], lanterns["held"], lanterns["text"], lanterns["url"]) == (lantern.NEW, True, "known-newer-edition", "https://flk.npc.gov.cn/")
    assert (local["held"], local["text"], local["confidence"], local["url"]) == (False, "missing", "低", "")
    assert (ferry["confidence"], ferry["url"]) == ("高", "https://www.mca.gov.cn/ferry.html")


def test_an_earlier_day_shows_the_edition_of_that_day(settings, capsys):
    rows = {row["title"]: row for row in json.loads(listed(settings, capsys, date(2015, 1, 1)))}
    assert (rows["花灯会登记办法"]["edition"], rows["花灯会登记办法"]["text"]) == (lantern.OLD, "held")
    assert rows["甲水省花灯会条例"]["edition"] is None


def test_the_last_line_counts_texts_and_addresses(settings, capsys):
    lines = listed(settings, capsys, as_json=False).splitlines()
    assert lines[-1] == "共 3 件 4 个版本：已导入原文 2；有官方网址的 3（其中具体到该版本网页的 1）"
    assert "地方性法规｜甲水省花灯会条例｜2015-06-01｜现行有效｜未导入原文｜可信度低" in lines
