from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import lantern
import pytest
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from index.embed import Choice
from index.errors import NoRelease
from index.search import Search
from shezu.retriever import ShezuRetriever

TODAY = date(2024, 6, 1)
QUESTION = "花灯会登记要几盏灯"
PROMPT = ChatPromptTemplate.from_messages([("system", "只根据下列条文回答：\n{context}"), ("human", "{question}")])


@pytest.fixture
def retriever(lantern_search: Search) -> ShezuRetriever:
    return ShezuRetriever(search=lantern_search, on=TODAY, k=3)


def written(documents: list[Document]) -> str:
    return "\n\n".join(f"{document.metadata['name']}（{document.metadata['edition']}）\n{document.page_content}" for document in documents)


def test_documents_hold_the_official_text_and_what_is_needed_to_cite_it(retriever: ShezuRetriever):
    found = next(each for each in retriever.invoke(QUESTION) if each.metadata["article"] == "第三条")
    assert "四十盏以上" in found.page_content
    facts = {"kind": "article", "law": lantern.LAW, "title": "花灯会登记办法", "edition": lantern.NEW, "status": "现行有效", "source": "text", "verified": True}
    assert facts.items() <= found.metadata.items()
    assert found.metadata["name"] == "《花灯会登记办法》第三条"
    assert found.metadata["path"].startswith(f"/laws/{lantern.LAW}/{lantern.NEW}/")
    assert 0 <= found.metadata["score"] <= 1


def test_another_day_gets_the_edition_of_that_day(lantern_search: Search):
    found = ShezuRetriever(search=lantern_search, on=date(2012, 1, 1)).invoke(QUESTION)
    articles = [each for each in found if each.metadata["law"] == lantern.LAW]
    assert articles
    assert {each.metadata["edition"] for each in articles} == {lantern.OLD}


def test_where_no_text_is_held_the_digest_says_so(lantern_search: Search):
    found = ShezuRetriever(search=lantern_search, on=TODAY).invoke("渡船天黑以后停航吗")
    ferry = next(each for each in found if each.metadata.get("article") == "第八条" and each.metadata["law"] == lantern.FERRY)
    assert ferry.metadata["source"] == "digest"
    assert ferry.page_content.startswith("要点（未导入原文）")


def test_local_law_comes_only_with_its_region(lantern_search: Search):
    here = {each.metadata["law"] for each in ShezuRetriever(search=lantern_search, on=TODAY, k=20, region="甲水省").invoke("花灯会登记舞龙队验灯")}
    elsewhere = {each.metadata["law"] for each in ShezuRetriever(search=lantern_search, on=TODAY, k=20).invoke("花灯会登记舞龙队验灯")}
    assert lantern.LOCAL in here
    assert lantern.LOCAL not in elsewhere


def test_guides_can_be_left_out_and_k_bounds_the_rest(lantern_search: Search):
    everything = ShezuRetriever(search=lantern_search, on=TODAY, k=20).invoke(QUESTION)
    assert {each.metadata["kind"] for each in everything} == {"article", "guide"}
    assert len({frozenset(each.metadata) for each in everything}) == 1
    articles = ShezuRetriever(search=lantern_search, on=TODAY, k=2, kinds=["article"]).invoke(QUESTION)
    assert [each.metadata["kind"] for each in articles] == ["article", "article"]


def test_it_feeds_a_chain(retriever: ShezuRetriever):
    def model(prompt: ChatPromptValue) -> AIMessage:
        told = prompt.to_messages()[0].content
        return AIMessage("要四十盏灯。" if "四十盏以上" in told else "没有依据。")

    chain = {"context": retriever | written, "question": RunnablePassthrough()} | PROMPT | RunnableLambda(model) | StrOutputParser()
    assert chain.invoke(QUESTION) == "要四十盏灯。"
    assert chain.batch([QUESTION, QUESTION]) == ["要四十盏灯。", "要四十盏灯。"]
    assert asyncio.run(chain.ainvoke(QUESTION)) == "要四十盏灯。"


def test_it_works_before_a_chat_model_of_langchain(retriever: ShezuRetriever):
    chain = {"context": retriever | written, "question": RunnablePassthrough()} | PROMPT | FakeListChatModel(responses=["答"]) | StrOutputParser()
    assert "".join(chain.stream(QUESTION)) == "答"


def test_a_home_without_release_says_what_to_do(tmp_path: Path):
    with pytest.raises(NoRelease, match="shezu index build"):
        ShezuRetriever.open(tmp_path)


def test_a_release_is_opened_by_its_home(lantern_home: Path):
    found = ShezuRetriever.open(lantern_home, Choice("none"), on=TODAY, k=5).invoke(QUESTION)
    assert "《花灯会登记办法》第三条" in [each.metadata["name"] for each in found]
