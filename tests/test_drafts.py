import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import live
import pytest
import scripted_model
from patience import PATIENCE
from scripts import Author, Sheet

from assistant.pipeline import Assistant
from assistant.render import AI_LABEL, labelled

ASKED = {"question": "成立社会团体要多少会员"}
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def seen() -> threading.Event:
    return threading.Event()


@pytest.fixture(scope="module")
def office(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory, seen: threading.Event) -> Iterator[str]:
    """An office whose model writes one sentence and goes on when that sentence has reached the reader."""

    def script(asked: scripted_model.Asked, reply: scripted_model.Reply) -> None:
        author = Author(asked, random.Random(1), Sheet())
        reply.open()
        reply.say(author.first() + author.honest()[:3])
        if not seen.wait(PATIENCE):
            reply.drop()
            return
        reply.say(author.honest()[3:] + "".join(f"{line}⟦{t}⟧。" for t, line in author.lines[1:4]))
        reply.done()

    with scripted_model.serving(script) as model:
        chosen = live.settings(shipped_home, tmp_path_factory.mktemp("drafts"), model_url=model.url, model_name="scripted", model_timeout=PATIENCE)
        with live.serving(chosen) as address:
            yield address


def test_a_reader_sees_checked_sentences_while_the_model_still_writes(office: str, seen: threading.Event) -> None:
    names: list[str] = []
    drafts: list[dict] = []
    blocks: list[dict] = []
    with httpx.stream("POST", f"{office}/api/v1/chat", json=ASKED, headers=EVENTS, timeout=PATIENCE) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if line.startswith("event: "):
                names.append(line[7:])
            if line.startswith("data: "):
                content = json.loads(line[6:])
                if names[-1] == "draft":
                    drafts.append(content)
                    seen.set()
                elif names[-1] == "block":
                    blocks.append(content["block"])
    assert names[0] == "draft"
    assert names[names.count("draft") :][:2] == ["meta", "citations"]
    assert names[-1] == "done"
    assert all({n for item in d["block"]["items"] for s in item for n in s["cites"]} <= {c["n"] for c in d["citations"]} for d in drafts)
    assert drafts[0]["block"]["items"][0][0]["text"] == blocks[0]["items"][0][0]["text"]


def test_drafts_are_not_numbered_and_the_message_can_be_resumed(office: str, seen: threading.Event) -> None:
    seen.set()
    with httpx.stream("POST", f"{office}/api/v1/chat", json=ASKED, headers=EVENTS, timeout=PATIENCE) as answer:
        frames = [frame for frame in answer.read().decode().split("\n\n") if frame]
    numbered = [frame for frame in frames if frame.startswith("id: ")]
    assert not any("event: draft" in frame for frame in numbered)
    message = json.loads(numbered[0].split("data: ")[1])["message_id"]
    again = httpx.get(f"{office}/api/v1/messages/{message}/events", params={"after": 1}, timeout=PATIENCE).text
    assert again.strip("\n") == "\n\n".join(numbered[1:])


def test_an_answer_as_json_has_no_drafts(office: str, seen: threading.Event) -> None:
    seen.set()
    message = httpx.post(f"{office}/api/v1/chat", json=ASKED, timeout=PATIENCE).json()
    assert message["maker"] == "model"
    assert message["blocks"]


def test_words_of_a_model_carry_their_label_out_of_the_command(shipped: Assistant) -> None:
    answer = shipped.ask(ASKED["question"], today=live.TODAY).answer
    assert answer
    assert AI_LABEL not in labelled(answer)
    assert labelled(replace(answer, maker="model")).endswith(f"（{AI_LABEL}）")
