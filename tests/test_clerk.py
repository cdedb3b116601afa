from __future__ import annotations

from datetime import date

import lantern
import pytest

from assistant.clerk import article_first
from assistant.pipeline import Assistant
from assistant.turn import Answer, Block, Citation, Sentence, Status
from corpus.article import Address

DAY = date(2024, 1, 1)


def citation(n: int, law: str, edition: str, label: str, quote: str, source: str = "text") -> Citation:
    return Citation(n, Address(law, edition, label), "花灯会登记办法", "现行有效", quote, source, True)


@pytest.fixture
def answer() -> Answer:
    cites = (
        citation(1, lantern.LAW, lantern.NEW, "第四条", "二十日内"),
        citation(2, lantern.FERRY, "2001-01-01", "第八条", "渡船天黑以后停航。", "digest"),
        citation(3, lantern.LAW, lantern.NEW, "第四条", "给出答复"),
    )
    blocks = (Block("paragraph", ((Sentence("20 日内答复。", (1, 3)),),), tone="lead"), Block("list", ((Sentence("天黑停航。", (2,)),),)))
    return Answer(Status.ANSWERED, blocks, cites)


def test_the_articles_come_first_and_then_the_plain_words(answer, lantern_library):
    found = article_first(answer, lantern_library)
    assert [(block.title, block.tone) for block in found.blocks] == [("条文", ""), ("说明", "lead"), ("", "")]
    assert [item[0].text for item in found.blocks[0].items] == [
        "《花灯会登记办法》第四条：花灯局收到申请后，应当在二十日内给出答复。",
        "《花灯会登记办法》第八条：要点（未导入原文）：渡船天黑以后停航。",
    ]
    assert found.blocks[0].items[0][0].cites == (1,)
    assert found.citations == answer.citations


def test_an_answer_without_sources_stays_as_it_is(lantern_library):
    bare = Answer(Status.CHAT_GREETING, (Block("paragraph", ((Sentence("您好。"),),)),))
    assert article_first(bare, lantern_library) is bare


def test_only_clerks_get_the_articles_first(lantern_search):
    assistant = Assistant(lantern_search)
    titles = {who: assistant.ask("花灯会登记办法第四条怎么说", today=DAY, audience=who).answer.blocks[0].title for who in ("applicant", "clerk")}
    assert titles["clerk"] == "条文"
    assert titles["applicant"] != "条文"
