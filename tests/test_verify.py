from dataclasses import replace

from days import TODAY

from assistant.draft import Draft
from assistant.pipeline import Assistant
from assistant.stages.verify import check
from assistant.turn import Answer, Sentence
from corpus.article import Address

ARTICLE = Address("ji-jin-hui-guan-li-tiao-li", "2004-03-08", "第八条")


def drafted(shipped: Assistant, text: str) -> Answer:
    draft = Draft(shipped.search.library, TODAY)
    draft.add("paragraph", [[draft.sentence(text, [ARTICLE])]], tone="lead")
    return draft.answer()


def test_a_supported_sentence_stands(shipped: Assistant) -> None:
    answer, withheld = check(drafted(shipped, "全国性公募基金会的原始基金最少 800 万元。"), shipped.search.library)
    assert withheld == 0
    assert [c.address.article for c in answer.citations] == ["第八条"]


def test_a_wrong_figure_is_withheld(shipped: Assistant) -> None:
    answer, withheld = check(drafted(shipped, "全国性公募基金会的原始基金最少 900 万元。"), shipped.search.library)
    assert withheld == 1
    assert answer.blocks == ()
    assert answer.citations == ()


def test_a_changed_quote_takes_its_sentence_away(shipped: Assistant) -> None:
    answer = drafted(shipped, "全国性公募基金会的原始基金最少 800 万元。")
    forged = replace(answer, citations=tuple(replace(c, quote=c.quote + "。") for c in answer.citations))
    assert check(forged, shipped.search.library)[1] == 1


def test_a_statement_without_citation_is_withheld(shipped: Assistant) -> None:
    draft = Draft(shipped.search.library, TODAY)
    draft.add("paragraph", [[Sentence("基金会都要年检。")]])
    assert check(draft.answer(), shipped.search.library)[1] == 1


def test_citations_are_numbered_in_order_of_use(shipped: Assistant) -> None:
    draft = Draft(shipped.search.library, TODAY)
    wrong = draft.sentence("最少 900 万元。", [ARTICLE])
    right = draft.sentence("基金会要有章程。", [Address("ji-jin-hui-guan-li-tiao-li", "2004-03-08", "第十条")])
    draft.add("list", [[wrong], [right]])
    answer, _ = check(draft.answer(), shipped.search.library)
    assert [(c.n, c.address.article) for c in answer.citations] == [(1, "第十条")]
    assert answer.blocks[0].items[0][0].cites == (1,)
