"""The language model of an office, behind one verb: any OpenAI-compatible endpoint through LangChain. The only module that names either."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from assistant.errors import ModelFailed, NoModelPackage
from assistant.makers.sentences import CutShort

CONNECT_SECONDS = 5.0
MOST_CHARACTERS = 8000
GRACE = 2.0
# Closing is a matter of milliseconds; on a machine that stands still for a moment it must not leave connections open.
ENDING = 30.0
COMPLETE, SHORTENED = "stop", "length"
REASONS = {401: "密钥不对", 403: "密钥没有权限", 404: "地址或模型名不对", 408: "超时", 413: "问题太长", 429: "请求太多，被限流"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is: base URL (…/v1), model name, key ("" where none is needed), and the seconds that one answer may take."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    timeout: float = 30.0


class Model:
    """A chat model at an endpoint. Requests run on one background thread, so that a deadline ends a stalled stream for certain.

    Raises NoModelPackage where langchain-openai is not installed.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._http, self._chat = _client(endpoint)

    def pieces(self, system: str, user: str) -> Generator[str, None, None]:
        """The model's output as it arrives. Raises ModelFailed where it fails or comes too late, CutShort where it was ended early."""
        box: SimpleQueue[str | Exception | None] = SimpleQueue()
        writing = asyncio.run_coroutine_threadsafe(self._write(system, user, box), self._running())
        try:
            while (piece := box.get(timeout=self.endpoint.timeout + GRACE)) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        except Empty:
            raise ModelFailed(_too_late(self.endpoint)) from None
        finally:
            writing.cancel()

    def close(self) -> None:
        """End what is under way and let go of the connections."""
        with self._starting:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result(ENDING)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(ENDING)
        loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="shezu-model", daemon=True)
                self._thread.start()
            return self._loop

    async def _write(self, system: str, user: str, box: SimpleQueue[str | Exception | None]) -> None:
        try:
            async with asyncio.timeout(self.endpoint.timeout):
                ended = await self._stream(system, user, box)
        except TimeoutError:
            box.put(ModelFailed(_too_late(self.endpoint)))
        except Exception as error:  # whatever the client, the network or the server come up with: the template answers
            box.put(ModelFailed(_reason(error)))
        else:
            box.put({COMPLETE: None, SHORTENED: CutShort()}.get(ended, ModelFailed("回答中途断了")))

    async def _stream(self, system: str, user: str, box: SimpleQueue[str | Exception | None]) -> str:
        """How the stream ended: stop, length, another word of the server, or "" where it broke off."""
        ended, length = "", 0
        async with aclosing(self._chat.astream([("system", system), ("human", user)])) as stream:
            async for chunk in stream:
                piece = str(chunk.text)
                if piece:
                    box.put(piece)
                ended = str(chunk.response_metadata.get("finish_reason") or ended)
                length += len(piece)
                if length > MOST_CHARACTERS:
                    return SHORTENED
        return ended

    async def _end(self) -> None:
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._http.aclose()
        await asyncio.get_running_loop().shutdown_asyncgens()


def _client(endpoint: Endpoint) -> tuple[Any, Any]:
    """(HTTP client, chat model). Nothing is retried: the template answer is at hand. Redirects would carry the question elsewhere."""
    try:
        from langchain_openai import ChatOpenAI
        from openai import DefaultAsyncHttpxClient, Timeout
        from pydantic import SecretStr
    except ImportError as error:
        raise NoModelPackage("设置了 SHEZU_MODEL_URL，但没有安装连接模型的组件，请运行 pip install 'shezu[model]'，或去掉这项设置只用模板") from error
    http = DefaultAsyncHttpxClient(follow_redirects=False)
    chat = ChatOpenAI(
        base_url=endpoint.url,
        model=endpoint.name,
        api_key=SecretStr(endpoint.key or "none"),
        timeout=Timeout(endpoint.timeout, connect=min(CONNECT_SECONDS, endpoint.timeout)),
        max_retries=0,
        temperature=0,
        stream_usage=False,
        stream_chunk_timeout=None,
        http_async_client=http,
    )
    return http, chat


def _too_late(endpoint: Endpoint) -> str:
    return f"超过 {endpoint.timeout:g} 秒没有答完"


def _reason(error: Exception) -> str:
    """In Chinese, without the words of the error: they may repeat the question or the key."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return f"{REASONS.get(status, '模型服务出错')}（{status}）"
    return f"连接出错（{type(error).__name__}）"
