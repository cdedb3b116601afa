"""What hostile bytes may do to the readers: `python tests/fuzzing.py NAME --seconds 600` under atheris (coverage-guided), see `make fuzz`.

A target takes bytes and lets only those errors pass that the product foresees. test_fuzzing.py runs each over its seeds and some
mutations of them, without atheris.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

WORDS = [
    *(
        "第一条",
        "第二条",
        "第十条之一",
        "第一章 总则",
        "第二节",
        "（一）",
        "（二）",
        "一、",
        "目录",
        "附件",
        "《花灯会登记办法》",
        "花灯办法",
        "本办法",
        "第",
        "条",
        "款",
        "项",
    ),
    *(
        "百分之",
        "三万元",
        "二十日",
        "2020年1月1日",
        "起施行",
        "通过",
        "修订",
        "\n",
        "\n\n",
        "　",
        " | ",
        "|",
        "。",
        "；",
        "⟦SBCDF⟧",
        "⟦",
        "⟧",
        "<think>",
        "</think>",
        "！？",
    ),
    *(
        "<w:p>",
        "<w:t>",
        "</w:p>",
        "<w:tbl>",
        "<w:del>",
        "<table>",
        "<td>",
        "<br>",
        "<article>",
        "&#x",
        "<!--",
        "]]>",
        "BT ",
        " Tj",
        "/Length ",
        "stream\n",
        "endobj",
    ),
    *("data: ", "event: ", "id: ", "\r\n\r\n", "[DONE]", '{"choices":[{"delta":{"content":"', '"},"finish_reason":null}]}', "\\u0000"),
]
HALF = 'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"花灯"},"finish_reason":null}]}\n\n'


@lru_cache(maxsize=1)
def catalog():
    import lantern

    from corpus.catalog import catalog_from

    return catalog_from(lantern.knowledge()["catalog"])


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def taken_in(data: bytes, name: str) -> None:
    """The whole way of an import up to where it would be written; what is taken in reads back as it was."""
    from corpus.errors import CorpusError
    from corpus.extract import extract_bytes
    from corpus.identity import identify
    from corpus.intake import as_json, held_from, read_in

    try:
        held, _, _ = read_in(extract_bytes(data, name), lambda text: identify(text, Path(name), catalog()))
    except CorpusError as refused:
        assert str(refused)
        return
    import json

    assert held_from(json.loads(json.dumps(as_json(held)))).text == held.text


def docx(data: bytes) -> None:
    """First byte even: the file as it is; odd: what is inside the document's part, in an archive that is whole."""
    if not data or data[0] % 2 == 0:
        taken_in(data[1:], "a.docx")
        return
    with zipfile.ZipFile(io.BytesIO(_documents()[0])) as whole:
        taken_in(_archive({entry: data[1:] if entry == "word/document.xml" else whole.read(entry) for entry in whole.namelist()}), "a.docx")


def _archive(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return made.getvalue()


def html(data: bytes) -> None:
    taken_in(data, "a.html")


def pdf(data: bytes) -> None:
    taken_in(data, "a.pdf")


def text(data: bytes) -> None:
    taken_in(data[1:], "a.md" if data[:1] < b"\x80" else "a.txt")


def articles(data: bytes) -> None:
    """What the parser takes, it gives back whole and in order; every place of every article can be asked for."""
    from corpus.errors import CorpusError
    from corpus.parse import parse

    given = text_of(data)
    try:
        parsed = parse(given)
    except CorpusError as refused:
        assert str(refused)
        return
    assert len({article.label for article in parsed.articles}) == len(parsed.articles)
    position, squeezed = 0, re.sub(r"\s+", "", given)
    for article in parsed.articles:
        assert parsed.article(article.label) == article
        position = squeezed.index(re.sub(r"\s+", "", article.text), position)
        for paragraph in article.paragraphs():
            assert 0 <= paragraph.start <= paragraph.end <= len(article.text)
        assert article.part("第一款") in article.text
        assert article.part("第二款第（三）项")


def citations(data: bytes) -> None:
    """Spans lie in the text and hold what they name; a citation that is read can be read again."""
    from corpus.numerals import quantities
    from corpus.references import parse_cite, references

    given = text_of(data)
    for reference in references(given, catalog()):
        assert given[reference.start : reference.end].rstrip().endswith(("条", "款", "项")) or "条之" in given[reference.start : reference.end]
        assert reference.article.startswith("第")
    for quantity in quantities(given):
        assert quantity
    address = parse_cite(given, catalog())
    if address and address.article.startswith("第"):
        law = catalog().find(address.law)
        again = parse_cite(f"{law.title} {address.article}{address.place}", catalog())
        assert again is not None
        assert (again.law, again.article) == (address.law, address.article)


def cuts(data: bytes, seed: int) -> Iterator[bytes]:
    """The bytes in pieces of 1 to 20."""
    chance, at = random.Random(seed), 0
    while at < len(data):
        size = chance.randint(1, 20)
        yield data[at : at + size]
        at += size


def sentences(data: bytes) -> None:
    """However a model's output is cut on its way, the same sentences come out."""
    from assistant.makers.sentences import cut

    written = text_of(data[1:])[:4000]
    whole = list(cut([written]))
    pieces = _pieces(written, data[0] if data else 0)
    assert list(cut(pieces)) == whole, (whole, pieces)


def _pieces(written: str, seed: int) -> list[str]:
    chance, found = random.Random(seed), []
    while written:
        size = chance.randint(1, 12)
        found.append(written[:size])
        written = written[size:]
    return found


def stream(data: bytes) -> None:
    """The product's client of a language model, fed with these bytes as the server's answer: it says that the model failed, or ends."""
    from assistant.errors import ModelFailed
    from assistant.makers.sentences import CutShort

    model, script = _model()
    script[:] = [data]
    try:
        said = "".join(model.pieces("s", "u"))
    except (ModelFailed, CutShort):
        return
    assert isinstance(said, str)


def let_go() -> None:
    """Close the model's client, if one was made."""
    if _model.cache_info().currsize:
        _model()[0].close()
        _model.cache_clear()


@lru_cache(maxsize=1)
def _model():
    import httpx2
    import openai

    from assistant.makers.model import Endpoint, Model

    script: list[bytes] = []

    class Bytes(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in cuts(script[0][1:], script[0][0] if script[0] else 0):
                yield piece

    def reply(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"Content-Type": "text/event-stream"}, stream=Bytes())

    usual = openai.DefaultAsyncHttpxClient

    class Fed(usual):
        def __init__(self, **options) -> None:
            super().__init__(transport=httpx2.MockTransport(reply), **options)

    openai.DefaultAsyncHttpxClient = Fed
    try:
        return Model(Endpoint("http://model.test/v1", "m")), script
    finally:
        openai.DefaultAsyncHttpxClient = usual


@lru_cache(maxsize=1)
def _documents() -> tuple[bytes, ...]:
    import lantern
    from test_extract import document, saved

    table = document(*lantern.NEW_TEXT.split("\n"))
    cells = table.add_table(2, 2).rows[0].cells
    cells[0].text, cells[1].text = "材料", "份数"
    return tuple(_bare(saved(one)) for one in (document(*lantern.NEW_TEXT.split("\n")), table))


def _bare(made: bytes) -> bytes:
    """Without styles, theme and thumbnail, which nobody reads and which would slow every run down."""
    with zipfile.ZipFile(io.BytesIO(made)) as whole:
        return _archive({name: whole.read(name) for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml")})


def _docx_seeds() -> list[bytes]:
    found = [b"\0" + made for made in _documents()]
    for made in _documents():
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            found.append(b"\1" + archive.read("word/document.xml"))
    return found


def _html_seeds() -> list[bytes]:
    import lantern

    lines = "".join(f"<p>{line}</p>" for line in lantern.NEW_TEXT.split("\n"))
    return [
        f"<html><head><title>花灯</title><style>p{{}}</style></head><body><nav>首页</nav><div id='zoom'>{lines}</div></body></html>".encode(),
        f"<article>{lines}<table><tr><td>甲</td><th>乙</th></tr></table><br>&nbsp;&#12354;<!-- x --></article>".encode("gb18030"),
    ]


def _pdf_seeds() -> list[bytes]:
    import lantern
    from test_extract import pdf as made

    lines = [line for line in lantern.NEW_TEXT.split("\n") if line]
    found = [made(lines[:20]), made(lines[:8], lines[8:]), made([])]
    # A table of all 65,536 codes would take most of every run.
    return [one.replace(b"<0000> <FFFF> <0000>", b"<7000> <70FF> <7000>") for one in found]


def _text_seeds() -> list[bytes]:
    import lantern

    return [b"\0" + lantern.NEW_TEXT.encode(), b"\xff" + lantern.OLD_TEXT.encode("gb18030"), b"\xff" + lantern.NEW_TEXT.encode("utf-16")]


def _article_seeds() -> list[bytes]:
    import lantern

    plan = "花灯规划\n一、总体要求\n热闹。\n二、主要任务\n（一）点灯\n多点。\n（二）收灯\n少丢。\n三、保障\n有人管。"
    return [one.replace("#", "").encode() for one in (lantern.NEW_TEXT, lantern.OLD_TEXT, plan)]


def _citation_seeds() -> list[bytes]:
    return [
        "依《花灯会登记办法》第三条第一款第（二）项和第三条之一，花灯办法第4条；本办法第六条。".encode(),
        "花灯会登记办法 第三条之一第二款第（三）项".encode(),
        "渡船规则 第八条，罚三万元以上五万元以下，二十日内，百分之三十，三分之二，2020年1月1日起。".encode(),
    ]


def _sentence_seeds() -> list[bytes]:
    return [
        "\x01<think>想一想。</think>\n- 要四十盏灯。⟦SBCDF⟧⟦SGHJK⟧\n2. 二十日内答复！（SBCDF、SGHJK）“真的？” 结论：可以。".encode(),
        "\x07简答：三万元【SBCDF】。\n\n**注意**：⟦没有⟧不行？！".encode(),
    ]


def _stream_seeds() -> list[bytes]:
    ends = HALF.replace('"finish_reason":null', '"finish_reason":"stop"')
    return [
        b"\x03" + (HALF * 3 + ends + "data: [DONE]\n\n").encode(),
        b"\x09" + (": 等一等\r\n\r\nevent: x\nid: 7\nretry: 1\n" + HALF + 'data: {"error": {"message": "no"}}\n\n').encode(),
        b"\x05" + HALF.replace("花灯", "\\ud83d").encode() + b"\xff\xfe",
    ]


@dataclass(frozen=True)
class Target:
    """What is fuzzed, where its seeds come from, and the libraries whose branches guide it."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    inside: tuple[str, ...]


TARGETS = {
    "docx": Target(docx, _docx_seeds, ("corpus", "docx", "zipfile")),
    "html": Target(html, _html_seeds, ("corpus", "bs4", "html", "_markupbase")),
    "pdf": Target(pdf, _pdf_seeds, ("corpus", "pypdf")),
    "text": Target(text, _text_seeds, ("corpus",)),
    "articles": Target(articles, _article_seeds, ("corpus",)),
    "citations": Target(citations, _citation_seeds, ("corpus",)),
    "sentences": Target(sentences, _sentence_seeds, ("assistant",)),
    "stream": Target(stream, _stream_seeds, ("openai", "assistant")),
}


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """A few bytes flipped, cut out, doubled or replaced by a word."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(data) + 1), chance.choice((1, 2, 4, 16, 64))
        kind = chance.randrange(4)
        if kind == 0 and data:
            data[at % len(data)] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + size]
        elif kind == 2:
            data[at:at] = data[at : at + size] * chance.choice((1, 2, 50))
        else:
            data[at:at] = chance.choice(WORDS).encode()
    return bytes(data)


def main() -> None:
    """Fuzz one target, with seeds and a dictionary made now; ends with an error at the first finding, whose input is kept in --found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    args = parser.parse_args()
    import atheris

    target = TARGETS[args.target]
    with atheris.instrument_imports(include=list(target.inside)):
        for seed in target.seeds():
            target.run(seed)
    args.found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shezu-fuzz-") as made:
        corpus, words = Path(made, "corpus"), Path(made, "words")
        corpus.mkdir()
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
        words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n' for word in WORDS))
        options = [f"-dict={words}", f"-max_total_time={args.seconds}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=65536", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], str(corpus), *options, f"-artifact_prefix={args.found}/{args.target}-"], target.run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
