from __future__ import annotations

import errno
import io
import json
import multiprocessing
import re
from datetime import date
from pathlib import Path

import docx
import lantern
import pytest
from patience import PATIENCE

from corpus.article import Article, Edition, Text
from corpus.catalog import Catalog, load_catalog
from corpus.clean import repair
from corpus.errors import CorpusError, ImportInProgress, UnreadableFile
from corpus.extract import extract_file
from corpus.identity import identify
from corpus.intake import Held, Texts, as_json, files_in, held_from, import_files
from corpus.numerals import chinese_number


@pytest.fixture
def texts(tmp_path) -> Texts:
    return Texts(tmp_path / "texts")


@pytest.fixture
def files(tmp_path) -> list[Path]:
    return lantern.write_files(tmp_path / "files")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.json"))}


def outcomes(reports):
    return [report.outcome for report in reports]


def test_both_editions_are_kept_under_their_law_and_day(files, texts, catalog):
    reports = import_files(files, texts, catalog)
    assert outcomes(reports) == ["已导入", "已导入"]
    assert [(r.law, r.edition, r.articles) for r in reports] == [("花灯会登记办法", lantern.OLD, 6), ("花灯会登记办法", lantern.NEW, 7)]
    assert {(held.law, held.edition.date) for held in texts} == {(lantern.LAW, lantern.OLD), (lantern.LAW, lantern.NEW)}
    held = texts.read(lantern.LAW, lantern.NEW)
    assert held is not None
    assert held.source == files[1].name
    assert held.entry is None


def test_report_says_what_was_checked_and_repaired(files, texts, catalog):
    (report, _) = import_files(files, texts, catalog)
    assert report.checks == ("拆分还原一致", "条号连续")
    assert not report.failed


def test_importing_again_changes_nothing(files, texts, catalog):
    import_files(files, texts, catalog)
    before = snapshot(texts.folder)
    assert outcomes(import_files(files, texts, catalog)) == ["无变化", "无变化"]
    assert snapshot(texts.folder) == before


def test_a_corrected_file_replaces_the_text(files, texts, catalog):
    import_files(files, texts, catalog)
    files[1].write_text(lantern.NEW_TEXT.replace("两条小船", "三条小船"), encoding="utf-8")
    assert outcomes(import_files(files, texts, catalog)) == ["无变化", "已导入"]
    held = texts.read(lantern.LAW, lantern.NEW)
    assert held is not None
    article = held.text.article("第三条之一")
    assert article is not None
    assert "三条小船" in article.text


def test_a_bad_file_is_reported_and_does_not_stop_the_others(tmp_path, files, texts, catalog):
    (tmp_path / "files" / "a坏.md").write_text(lantern.NEW_TEXT.replace("第四条", "第五条"), encoding="utf-8")
    (tmp_path / "files" / "b空.txt").write_text("", encoding="utf-8")
    (tmp_path / "files" / "c假.docx").write_bytes(b"not a document")
    (tmp_path / "files" / "d目录").mkdir()
    seen = []
    reports = import_files([*files_in([tmp_path / "files"]), tmp_path / "files" / "d目录", tmp_path / "没有.md"], texts, catalog, seen.append)
    assert {r.file: r.outcome for r in reports} == {
        files[0].name: "已导入",
        files[1].name: "已导入",
        "a坏.md": "未导入",
        "b空.txt": "未导入",
        "c假.docx": "未导入",
        "d目录": "未导入",
        "没有.md": "未导入",
    }
    assert seen == reports
    for report in reports:
        assert report.failed == (report.file in report.reason)


def test_store_is_as_it_was_after_a_refusal(files, texts, catalog):
    import_files(files, texts, catalog)
    before = snapshot(texts.folder)
    for broken in (lantern.NEW_TEXT.replace("第四条 ", "第六条 "), lantern.NEW_TEXT[:-6], "", "灯"):
        files[1].write_text(broken, encoding="utf-8")
        assert import_files(files, texts, catalog)[1].outcome in ("未导入", "已跳过")
        assert snapshot(texts.folder) == before
    assert not list(texts.folder.rglob("*.part"))


def test_list_of_sources_is_skipped_with_a_reason(tmp_path, texts, catalog):
    listing = tmp_path / "SOURCES.md"
    listing.write_text("# 来源\n\n" + "\n".join(f"| 灯会{n} | 甲水 | 2019 | 有效 |" for n in range(9)), encoding="utf-8")
    (report,) = import_files([listing], texts, catalog)
    assert (report.outcome, report.failed) == ("已跳过", False)
    assert "表格清单" in report.reason


def test_folders_are_searched_for_readable_files_in_a_stable_order(tmp_path):
    for name in ("b.md", "a.txt", "c.docx", ".hidden.md", "x.jpg", "sub/d.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in files_in([tmp_path])] == ["a.txt", "b.md", "c.docx", "d.pdf"]
    assert files_in([tmp_path / "x.jpg"]) == [tmp_path / "x.jpg"]


def test_kept_text_reads_back_equal(files, texts, catalog):
    import_files(files, texts, catalog)
    for held in texts:
        assert held_from(json.loads(json.dumps(as_json(held)))) == held


def test_damaged_kept_text_is_named_with_the_way_out_and_replaced_by_the_next_import(files, texts, catalog):
    import_files(files, texts, catalog)
    before = snapshot(texts.folder)
    for damage in (b"", b"{", b"[]", b'{"law": 1}', b"\xff\xfe"):
        texts.path(lantern.LAW, lantern.NEW).write_bytes(damage)
        with pytest.raises(UnreadableFile, match=rf"{lantern.LAW}/{lantern.NEW}\.json 损坏.*重新导入"):
            list(texts)
        assert outcomes(import_files(files, texts, catalog)) == ["无变化", "已导入"]
        assert snapshot(texts.folder) == before


def test_leftovers_of_a_killed_import_go_and_are_never_read(files, texts, catalog):
    import_files(files[:1], texts, catalog)
    leftover = texts.folder / lantern.LAW / f".{lantern.NEW}.json.77.part"
    leftover.write_text('{"half', encoding="utf-8")
    assert len(list(texts)) == 1
    import_files(files[:1], texts, catalog)
    assert not leftover.exists()


def hold_the_lock(folder: Path, ready, done) -> None:
    with Texts(folder).importing():
        ready.set()
        done.wait(PATIENCE)


def test_two_imports_at_once_are_refused(files, texts, catalog):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=hold_the_lock, args=(texts.folder, ready, done))
    other.start()
    try:
        assert ready.wait(PATIENCE)
        with pytest.raises(ImportInProgress, match="另一个进程正在导入"):
            import_files(files, texts, catalog)
    finally:
        done.set()
        other.join(PATIENCE)
    assert outcomes(import_files(files, texts, catalog)) == ["已导入", "已导入"]


def test_word_document_is_the_same_text_as_the_markdown_page(tmp_path, files, texts, catalog):
    import_files(files, texts, catalog)
    document = docx.Document()
    for line in lantern.NEW_TEXT.split("\n"):
        if line.strip():
            document.add_paragraph(line.lstrip("# "))
    document.save(tmp_path / "花灯会登记办法_20191105.docx")
    other = Texts(tmp_path / "other")
    (report,) = import_files([tmp_path / "花灯会登记办法_20191105.docx"], other, catalog)
    assert (report.outcome, report.edition) == ("已导入", lantern.NEW), report.reason
    mine, theirs = other.read(lantern.LAW, lantern.NEW), texts.read(lantern.LAW, lantern.NEW)
    assert mine is not None
    assert theirs is not None
    assert mine.text.articles == theirs.text.articles


HEAD = "2010年3月1日花灯局令第1号公布　"


def named(text: str, catalog: Catalog, file: str = "a.md", title: str = "花灯会登记办法"):
    articles = (Article("第一条", "甲。"), Article("第二条", "本办法自2010年5月1日起施行。"))
    return identify(Text(title, text, articles), Path(file), catalog)


def test_amended_text_is_the_edition_of_its_last_amendment(catalog):
    law, edition, entry = named(HEAD + "2019年11月5日花灯局令第9号修订", catalog)
    assert (law.slug, edition.date, entry) == (lantern.LAW, lantern.NEW, None)
    assert named(HEAD, catalog)[1].date == lantern.OLD


def test_a_later_amendment_than_any_known_makes_a_new_edition(catalog):
    law, edition, entry = named(HEAD + "2019年11月5日修订　2026年3月17日花灯局令第12号修订　自2026年5月1日起施行", catalog)
    assert (law.slug, edition.date, edition.in_force_from) == (lantern.LAW, "2026-03-17", date(2026, 5, 1))
    assert entry is not None
    assert (entry.slug, entry.editions) == (lantern.LAW, (edition,))


def test_day_of_coming_into_force_is_no_amendment(catalog):
    assert named(HEAD + "2019年11月5日修订　自2020年1月1日起施行", catalog)[1].date == lantern.NEW
    assert named(HEAD + "2019年11月5日修订　2020年1月1日 施行", catalog)[1].date == lantern.NEW


def test_law_with_one_edition_is_not_taken_for_a_later_text(catalog):
    known = named("", catalog, title="渡船规则")
    assert (known[0].slug, known[1].date) == (lantern.FERRY, "2001-01-01")
    later = named("2025年2月1日渡口修订", catalog, title="渡船规则")
    assert (later[0].slug, later[1].date) == (lantern.FERRY, "2025-02-01")
    assert later[2] is not None


def test_unknown_law_gets_an_entry_of_its_own(catalog):
    law, edition, entry = named("2018年6月1日乙山市花灯局公布", catalog, "地方性法规/乙山市舞龙条例(2018-06-01).md", "乙山市舞龙条例")
    assert entry == law
    assert law.slug.startswith("import-")
    assert (law.title, law.rank, law.region) == ("乙山市舞龙条例", "地方性法规", "乙山市")
    assert edition == Edition("2018-06-01", date(2018, 6, 1), text="held")
    assert named("2018年6月1日", catalog, title="乙山市舞龙条例")[0].slug == law.slug


def test_text_without_any_day_is_kept_with_a_note(catalog):
    articles = (Article("第一条", "甲。"), Article("第二条", "乙。"))
    _, edition, entry = identify(Text("舞龙办法", "", articles), Path("a.md"), catalog)
    assert entry is not None
    assert edition.note.startswith("日期未能从正文认出")


def test_impossible_days_are_no_days(catalog):
    law, edition, _ = named("2018年13月45日公布", catalog, "舞龙办法(2018-99-99).md", "舞龙办法")
    assert law.title == "舞龙办法"
    assert edition.date == "2010-05-01"


@pytest.fixture(scope="module")
def imported(official_texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("official")
    files = files_in([official_texts])
    reports = import_files(files, Texts(folder), load_catalog())
    return folder, files, reports


def test_every_official_text_is_imported(imported):
    _, files, reports = imported
    assert len(files) == 142
    assert [(r.file, r.outcome) for r in reports if r.outcome != "已导入"] == [("SOURCES.md", "已跳过")]


def test_every_official_text_is_cut_exactly(imported):
    folder, files, reports = imported
    places = {(held.source): held for held in Texts(folder)}
    assert len(places) == 141
    for file, report in zip(files, reports, strict=True):
        if report.outcome != "已导入":
            continue
        text = places[file.name].text
        labels = [a.label if text.style == "articles" else "" for a in text.articles]
        joined = text.title + text.preamble + "".join(label + a.text for label, a in zip(labels, text.articles, strict=True)) + text.tail
        headings = {re.sub(r"\s", "", heading) for a in text.articles for heading in a.headings}
        original = re.sub(r"\s", "", repair(extract_file(file).text).text)
        assert without(original, headings) == without(re.sub(r"\s", "", joined), headings), file.name


def without(text: str, headings: set[str]) -> str:
    for heading in sorted(headings, key=len, reverse=True):
        text = text.replace(heading, "")
    return text


def test_article_numbers_of_every_official_text_run_without_a_gap(imported):
    folder, *_ = imported
    for held in Texts(folder):
        if held.text.style == "articles":
            numbers = [chinese_number(a.label[1:].partition("条")[0]) for a in held.text.articles if "条之" not in a.label]
            assert numbers == list(range(1, len(numbers) + 1)), held.source


def test_official_texts_belong_to_laws_of_the_catalog(imported):
    folder, *_ = imported
    catalog = load_catalog()
    for held in Texts(folder):
        assert held.entry is None, held.source
        assert held.edition.date in {edition.date for edition in catalog.get(held.law).editions}, held.source


def test_second_import_of_all_official_texts_changes_nothing(imported):
    folder, files, *_ = imported
    before = snapshot(folder)
    reports = import_files(files, Texts(folder), load_catalog())
    assert set(outcomes(reports)) == {"无变化", "已跳过"}
    assert snapshot(folder) == before


def test_scraped_plan_is_repaired_and_cut_into_its_sections(imported):
    folder, *_ = imported
    (held,) = [held for held in Texts(folder) if held.source.endswith(".txt")]
    text = "".join(article.text for article in held.text.articles)
    assert "7.11万家" in text
    assert "15.8亿元" in text
    assert "“四个意识”" in text
    assert "民发〔2021〕78号" in held.text.title
    assert not re.search(r"[āáǎàēéěèīíǐìōóǒòūúǔù?\ufffd]", text)
    assert "三、主要任务（三）规范社会组织登记" in [article.label for article in held.text.articles]


def test_saved_text_holds_nothing_but_values(files, texts, catalog):
    import_files(files, texts, catalog)
    content = json.loads(texts.path(lantern.LAW, lantern.NEW).read_text(encoding="utf-8"))
    assert set(content) == {"format", "law", "edition", "entry", "sha256", "source", "title", "preamble", "style", "articles", "tail"}


def test_a_kept_text_appears_whole_or_not_at_all(texts, monkeypatch):
    held = Held("a", Edition("2020-01-01", date(2020, 1, 1)), Text("灯", "", (Article("第一条", "甲。"),)), "0", "a.md")
    texts.write(held)
    before = snapshot(texts.folder)

    def fail(value, file: io.TextIOBase, **options) -> None:
        file.write('{"half')
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("corpus.intake.json.dump", fail)
    with pytest.raises(CorpusError, match=r"2020-01-01\.json 写不进去（No space left on device）"):
        texts.write(held)
    assert snapshot(texts.folder) == before
    assert [path.name for path in texts.folder.rglob("*") if path.is_file()] == ["2020-01-01.json"]
