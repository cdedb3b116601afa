"""Reading an uploaded file in a process of its own, with limits of time and memory: whatever it trips over there, the server goes on."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from corpus.errors import UnreadableFile
from corpus.extract import Extracted, extract_bytes

SECONDS = 60
PATIENCE = 120
MEMORY = 2_000_000_000
LARGEST_TEXT = 40_000_000


def extract_apart(data: bytes, name: str, seconds: int = SECONDS, memory: int = MEMORY) -> Extracted:
    """The plain text of an uploaded file. Raises UnreadableFile, also where reading it takes more time or memory than is granted."""
    root = str(Path(__file__).parent.parent)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": root, "PYTHONUTF8": "1"}
    command = [sys.executable, "-B", "-m", "corpus.apart", name, str(seconds), str(memory)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"{name}：{PATIENCE} 秒还没有读完，已放弃，请拆成小一些的文件，或另存为 .txt") from error
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        raise UnreadableFile(f"{name}：读它要用的时间或内存超出上限，已放弃，请另存为 .txt 或 .docx 后再上传") from error
    if "problem" in said:
        raise UnreadableFile(said["problem"])
    return Extracted(said["text"], said["name"], said["kind"])


def main() -> int:
    """Read standard input as the file of that name and tell its text as JSON; no file can be written from here."""
    name, seconds, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        extracted = extract_bytes(sys.stdin.buffer.read(), name)
        if len(extracted.text) > LARGEST_TEXT:
            raise UnreadableFile(f"{name}：文字有 {len(extracted.text)} 个，多得不像一部文件，已拒绝")
        said = {"text": extracted.text, "name": extracted.name, "kind": extracted.kind}
    except UnreadableFile as problem:
        said = {"problem": str(problem)}
    except MemoryError:
        return 1
    sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
