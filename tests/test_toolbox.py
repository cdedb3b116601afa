"""The tools on the command line: what is printed, JSON, files, and exit codes."""

import argparse
import json
from pathlib import Path

import charters
import pytest
from days import TODAY

from api import toolbox
from api.settings import Settings
from assistant.tools import deadlines
from corpus.extract import extract_bytes


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, today=TODAY)


def run(settings: Settings, *words: str) -> int:
    parser = argparse.ArgumentParser(prog="shezu")
    toolbox.add_parsers(parser.add_subparsers(dest="command", required=True))
    args = parser.parse_args(words)
    return int(args.run(args, settings))


def test_a_name_prints_its_rows_and_sources(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "check-name", "嘉兴市皮影戏学会", "--type", "社会团体") == 0
    out = capsys.readouterr().out
    assert "[符合] 组织形式" in out
    assert "《社会组织名称管理办法》第八条" in out
    assert run(settings, "check-name", "全国皮影戏服务中心", "--type", "民非") == 1
    assert "[不符合]" in capsys.readouterr().out


def test_a_branch_and_a_person_can_be_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "check-name", "陈醋专业委员会", "--type", "分支机构", "--parent", "山西省醋业协会") == 1
    assert run(settings, "check-name", "河北省欧阳小雪助学基金会", "--person", "欧阳小雪") == 1
    assert "本人同意" in capsys.readouterr().out


def test_a_last_day_is_printed_or_refused(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "deadline", "shetuan-close", "2026-03-03") == 0
    assert "最后一天：2026年3月18日（周三）" in capsys.readouterr().out
    assert run(settings, "deadline", "mujuan-file", "2026-03-03") == 0
    assert "请在 2026年2月14日（周六）前办" in capsys.readouterr().out
    assert run(settings, "deadline", "shetuan-close", "2027-03-03") == 1
    assert "不能断定" in capsys.readouterr().out
    assert run(settings, "deadline") == 2
    assert "--list" in capsys.readouterr().err


def test_events_are_listed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "deadline", "--list") == 0
    assert len(capsys.readouterr().out.strip().split("\n")) == len(deadlines.events())


def test_a_checklist_is_printed_and_written(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "checklist", "社团", "成立", "--level", "市级") == 0
    out = capsys.readouterr().out
    assert "☐ 登记申请书：" in out
    page, word = tmp_path / "a.html", tmp_path / "a.docx"
    assert run(settings, "checklist", "社会团体", "变更", "--case", "住所", "--out", str(page)) == 0
    assert run(settings, "checklist", "社会团体", "变更", "--case", "住所", "--out", str(word)) == 0
    assert "新住所使用权证明" in page.read_text(encoding="utf-8")
    assert "新住所使用权证明" in extract_bytes(word.read_bytes(), word.name).text
    assert run(settings, "checklist", "社会团体", "变更", "--out", str(tmp_path / "a.exe")) == 2


def test_a_notice_is_made_of_what_lacks(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "checklist", "社会团体", "成立", "--lacking", "3=缺第二页", "--applicant", "某筹备组", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["lacking"][0]["reason"] == "缺第二页"
    assert run(settings, "checklist", "社会团体", "成立", "--lacking", "缺第二页") == 2
    assert "3=缺第二页" in capsys.readouterr().err


def test_eligibility_reads_yes_and_no(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--purpose", "members", "--scope", "local", "--people", "60", "--money", "30000", "--direct", "是", "--profit", "否")
    assert run(settings, "eligibility", *words) == 0
    assert "最接近的是：社会团体" in capsys.readouterr().out
    assert run(settings, "eligibility", *words, "--people", "12") == 1
    assert run(settings, "eligibility", "--people", "很多") == 2
    assert run(settings, "eligibility", "--profit", "也许") == 2
    assert "请写 是 或 否" in capsys.readouterr().err


def test_a_charter_file_is_checked(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "章程.txt"
    draft.write_text(charters.text("社会团体"), encoding="utf-8")
    assert run(settings, "charter-check", str(draft), "--type", "社会团体") == 0
    assert "章程草案（社会团体）：符合" in capsys.readouterr().out
    draft.write_text(charters.text("社会团体", "area"), encoding="utf-8")
    assert run(settings, "charter-check", str(draft), "--type", "社会团体", "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    assert [clause["row"]["rule"] for clause in shown["clauses"] if clause["state"] == "missing"] == ["area"]
    assert run(settings, "charter-check", str(tmp_path / "none.docx"), "--type", "社会团体") == 2
    assert "none.docx" in capsys.readouterr().err
