from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from conftest import REPOSITORY
from patience import PATIENCE, free_port, wait_until
from processes import started
from scripted_model import serving

from api import exposure
from api.settings import BadSetting, from_environment

LAN = {"SHEZU_PUBLIC_URL": "https://wen.example.gov.cn"}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_on_one_s_own_machine_anything_goes(host):
    exposure.check(from_environment({"SHEZU_RATE_PER_MINUTE": "0", "SHEZU_TODAY": "2020-01-01"}), host, {})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "wen.example.gov.cn"])
def test_where_others_reach_it_safe_settings_are_accepted(host):
    exposure.check(from_environment(LAN), host, {})
    exposure.check(from_environment({}), host, {"SHEZU_PLAIN_HTTP": "allow"})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "没有 HTTPS"),
        ({"SHEZU_PUBLIC_URL": "http://wen.example.gov.cn"}, "没有 HTTPS"),
        (LAN | {"SHEZU_RATE_PER_MINUTE": "0"}, "关掉了限流"),
        (LAN | {"SHEZU_TODAY": "2020-01-01"}, "SHEZU_TODAY=2020-01-01"),
    ],
)
def test_where_others_reach_it_unsafe_settings_are_refused(settings, says):
    with pytest.raises(BadSetting, match=says):
        exposure.check(from_environment(settings), "0.0.0.0", {})


def test_everything_that_has_to_change_is_said_at_once():
    with pytest.raises(BadSetting) as refused:
        exposure.check(from_environment({"SHEZU_RATE_PER_MINUTE": "0", "SHEZU_TODAY": "2020-01-01"}), "0.0.0.0", {})
    assert [line.strip()[:2] for line in str(refused.value).splitlines()[1:]] == ["1.", "2.", "3."]


def test_the_command_refuses_with_code_2_before_it_listens(shipped_home: Path):
    command = [sys.executable, "-m", "api.command", "serve", "--host", "0.0.0.0", "--port", str(free_port())]
    run = subprocess.run(
        command, cwd=REPOSITORY, env={"SHEZU_HOME": str(shipped_home), "PATH": ""}, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 2
    assert "0.0.0.0 不只本机能访问" in run.stderr
    assert run.stdout == ""


def test_only_named_proxies_are_believed_about_who_asks(shipped_home: Path, tmp_path: Path):
    for number, (proxies, seen) in enumerate((("127.0.0.1,::1", "203.0.113.7"), ("10.1.1.1", "127.0.0.1"))):
        with started(shipped_home, tmp_path / str(number), SHEZU_PROXIES=proxies) as running:
            httpx.get(f"{running.address}/api/v1/health", headers={"X-Forwarded-For": "203.0.113.7"}, timeout=PATIENCE)
            wait_until(lambda running=running: any(line["route"] == "/api/v1/health" for line in running.log("request")))
            assert [line["client"] for line in running.log("request") if line["route"] == "/api/v1/health"] == [seen]
    with pytest.raises(BadSetting, match="SHEZU_PROXIES 里的“nginx”不是地址或网段"):
        from_environment({"SHEZU_PROXIES": "nginx"})


def test_a_stopped_process_says_so_first_and_finishes_what_it_began(shipped_home: Path, tmp_path: Path):
    """SIGTERM while a model is slow to answer: no more from the proxy, then no more at all, and the answer still arrives."""
    release = threading.Event()

    def slow(asked, reply) -> None:
        release.wait(PATIENCE)
        reply.status(500)

    answers: list[httpx.Response] = []
    with (
        serving(slow) as model,
        started(shipped_home, tmp_path / "a", SHEZU_DRAIN="5", SHEZU_MODEL_TIMEOUT="120", SHEZU_MODEL_URL=model.url, SHEZU_MODEL_NAME="m") as running,
    ):
        asking = threading.Thread(target=lambda: answers.append(running.ask("设立基金会的原始基金最低多少？")))
        asking.start()
        wait_until(lambda: bool(model.asked))
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: httpx.get(f"{running.address}/readyz", timeout=PATIENCE).status_code == 503)
        assert httpx.get(f"{running.address}/readyz", timeout=PATIENCE).json()["detail"] == "这个进程正在停止，请把请求发给其他进程"
        assert httpx.get(f"{running.address}/healthz", timeout=PATIENCE).status_code == 200
        wait_until(lambda: not _listens(running.address))
        assert running.process.poll() is None
        release.set()
        asking.join(PATIENCE)
        assert running.process.wait(PATIENCE) in (0, -signal.SIGTERM)
    (answer,) = answers
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "answered"


def _listens(address: str) -> bool:
    try:
        httpx.get(f"{address}/healthz", timeout=PATIENCE)
    except httpx.TransportError:
        return False
    return True


HEAPS = """
import ctypes, threading
from api.serving import share_heaps
print(share_heaps(), flush=True)
there = threading.Barrier(9)
def work():
    kept = bytearray(100_000)
    there.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
there.wait()
for thread in threads: thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives every thread a heap of its own")
def test_threads_share_two_heaps_unless_the_environment_says_otherwise():
    plain = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}

    def told(env):
        done = subprocess.run([sys.executable, "-c", HEAPS], capture_output=True, text=True, check=True, cwd=REPOSITORY, env=env)
        return done.stdout.strip(), done.stderr.count("Arena ")

    assert told(plain) == ("True", 2)
    said, heaps = told(plain | {"MALLOC_ARENA_MAX": "5"})
    assert said == "False" and heaps > 2
