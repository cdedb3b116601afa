"""The public page in a real browser (tests/web/run), and what it printed."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

RUN = Path(__file__).parent / "web" / "run"
PATIENCE = 3600  # ends what hangs; what is slow is not hanging
# A PDF names glyphs, and fonts share one glyph between a character and the radical that looks the same.
RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FE0)} | {
    ord(a): b for a, b in zip("⻚⺠⻓⻅⻔⻋⻛", "页民长见门车风", strict=True)
}


@pytest.fixture(scope="module")
def driven(tmp_path_factory):
    """Exit code and words of the browser's run, and the folder of what it printed."""
    if not shutil.which("node"):
        pytest.skip("node is not installed: the public page was not driven in a browser")
    printed = tmp_path_factory.mktemp("printed")
    environment = os.environ | {"SHEZU_PYTHON": sys.executable, "SHEZU_WEB_OUT": str(printed)}
    run = subprocess.Popen([str(RUN)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        said, _ = run.communicate(timeout=PATIENCE)
    finally:
        # The server and the browser go with it, also where it hung.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    return run.returncode, said, printed


def text_of(page):
    """The page's text without white space, in usual characters."""
    return "".join(page.extract_text().translate(RADICALS).split())


def test_the_page_passes_in_a_browser(driven):
    code, said, _ = driven
    assert code == 0, said[-16_000:]


def test_the_checklist_prints_on_few_pages_each_with_the_notice(driven):
    *_, printed = driven
    checklist = PdfReader(printed / "checklist.pdf").pages
    assert 2 <= len(checklist) <= 4
    for number, page in enumerate(checklist, 1):
        assert f"第{number}页/共{len(checklist)}页" in text_of(page)
        assert "以登记机关要求为准" in text_of(page)
    whole = "".join(map(text_of, checklist))
    for part in ("社会团体成立登记", "章程草案", "〔社会团体登记管理条例第十一条第五项〕", "本窗口承诺20个工作日内", "示范市幸福路1号", "打印日期"):
        assert part in whole
    assert "常见退件原因" not in whole
    assert "打印清单" not in whole
    guide = PdfReader(printed / "guide.pdf").pages
    assert len(guide) > len(checklist)
    assert "常见退件原因" in "".join(map(text_of, guide))


def test_an_answer_prints_with_its_sources_and_where_it_comes_from(driven):
    *_, printed = driven
    answer = "".join(map(text_of, PdfReader(printed / "answer.pdf").pages))
    for part in ("设立基金会的原始基金最低多少", "程序组成仅供参考，以登记机关答复为准", "依据", "《基金会管理条例》第八条"):
        assert part in answer
    assert "复制（带依据）" not in answer
    deadline = "".join(map(text_of, PdfReader(printed / "deadline.pdf").pages))
    for part in ("最后一天：2026年5月6日", "仅供参考，以登记机关答复为准", "《社会团体登记管理条例》第十二条"):
        assert part in deadline
    assert "选一件事和它发生的日期" not in deadline


def test_a_notice_prints_with_its_number_and_page_numbers_on_every_page(driven):
    *_, printed = driven
    notice = PdfReader(printed / "notice.pdf").pages
    assert 1 <= len(notice) <= 2
    number = re.search(r"编号[:：]?〔2026〕(\d{4})号", text_of(notice[0]))
    assert number
    for count, page in enumerate(notice, 1):
        assert f"编号〔2026〕{number[1]}号" in text_of(page)
        assert f"第{count}页/共{len(notice)}页" in text_of(page)
    whole = "".join(map(text_of, notice))
    for part in ("基金会变更登记补正材料一次性告知单", "某某基金会", "变更登记申请书", "未提交", "示范市幸福路1号", "申请人签收", "登记机关（印章）"):
        assert part in whole
