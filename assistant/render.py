"""Renderings of a structured answer: plain text and Markdown."""

from __future__ import annotations

from assistant.turn import Answer, Block, Citation, Sentence

AI_LABEL = "本回答由人工智能根据法规条文生成，仅供参考，以登记机关答复为准"


def labelled(answer: Answer, *, sources: bool = True) -> str:
    """The answer as plain text with the label that words of a language model must carry wherever they go."""
    return f"{plain(answer, sources=sources)}\n\n（{AI_LABEL}）" if answer.maker == "model" else plain(answer, sources=sources)


def plain(answer: Answer, *, sources: bool = True) -> str:
    """The answer as plain text, citation numbers in brackets, sources at the end."""
    parts = [_block(block) for block in answer.blocks]
    if answer.clarify:
        parts.append(answer.clarify.question + "\n" + "\n".join(f"· {option.label}" for option in answer.clarify.options))
    if sources and answer.citations:
        parts.append("依据：\n" + "\n".join(source_line(citation) for citation in answer.citations))
    return "\n\n".join(part for part in parts if part)


def source_line(citation: Citation) -> str:
    """[1] 《慈善法》第二十二条（2023-12-29 文本，现行有效）."""
    held = "" if citation.source == "text" else "，要点（未导入原文）"
    return f"[{citation.n}] 《{citation.title}》{citation.address.article}（{citation.address.edition} 文本，{citation.status}{held}）"


def markdown(answer: Answer) -> str:
    """The answer as Markdown; tables as pipe tables."""
    parts = []
    for block in answer.blocks:
        name = block.title or ("提示" if block.kind == "notice" else "")
        title = f"**{name}**\n\n" if name else ""
        if block.kind == "table":
            rows = ["| " + " | ".join(_text(s) for s in item) + " |" for item in block.items]
            rows.insert(1, "|" + " --- |" * len(block.items[0]))
            parts.append(title + "\n".join(rows))
        elif block.kind == "steps":
            parts.append(title + "\n".join(f"{i}. {_line(item)}" for i, item in enumerate(block.items, 1)))
        elif block.kind == "list":
            parts.append(title + "\n".join(f"- {_line(item)}" for item in block.items))
        else:
            parts.append(title + "\n\n".join(_line(item) for item in block.items))
    if answer.citations:
        parts.append("**依据**\n\n" + "\n".join(f"- {source_line(c)}" for c in answer.citations))
    return "\n\n".join(parts)


def _block(block: Block) -> str:
    if block.kind == "table":
        lines = ["｜".join(_text(s) for s in item) for item in block.items]
    elif block.kind == "steps":
        lines = [f"{i}. {_line(item)}" for i, item in enumerate(block.items, 1)]
    elif block.kind == "list":
        lines = [f"· {_line(item)}" for item in block.items]
    else:
        lines = [_line(item) for item in block.items]
    title = block.title or ("提示" if block.kind == "notice" else "")
    return "\n".join([f"{title}：", *lines] if title else lines)


def _line(item: tuple[Sentence, ...]) -> str:
    return "".join(_text(sentence) for sentence in item)


def _text(sentence: Sentence) -> str:
    marks = "".join(f"[{n}]" for n in sentence.cites)
    return f"{sentence.text}{marks}"
