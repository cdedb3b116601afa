from __future__ import annotations

import itertools
import logging
import multiprocessing
import time

import pytest
from fake_wechat import APPID, SECRET, FakeWechat
from patience import PATIENCE

from api.store import Store
from api.wechat.access import Access, AccessToken
from api.wechat.platform import Platform, Refused, Unreachable
from api.wechat.settings import App

PROCESSES = 20
APP = App(APPID, SECRET)


@pytest.fixture
def wechat():
    fake = FakeWechat()
    yield fake
    fake.close()


@pytest.fixture
def store(database: str):
    found = Store(database)
    yield found
    found.close()


@pytest.fixture
def platform(wechat: FakeWechat):
    found = Platform(wechat.url, PATIENCE)
    yield found
    found.close()


def one_process(database: str, url: str, barrier, results) -> None:
    store, platform = Store(database), Platform(url, PATIENCE)
    barrier.wait(PATIENCE)
    results.put(Access(store, platform, APP).call(lambda token: platform.check_text(token, "openid-of-ann", "社会团体", 2) and token))
    platform.close()
    store.close()


def test_twenty_processes_ask_the_platform_once(wechat: FakeWechat, database: str):
    wechat.delay = 0.5
    Store(database).close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["api.wechat.access"])
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    workers = [context.Process(target=one_process, args=(database, wechat.url, barrier, results)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    tokens = {results.get(timeout=PATIENCE) for _ in workers}
    for worker in workers:
        worker.join(PATIENCE)
    assert tokens == set(wechat.tokens)
    assert wechat.calls == {"token": 1, "check": PROCESSES}


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_stale_token_is_renewed_once(wechat: FakeWechat, store: Store, platform: Platform, code: int):
    access = Access(store, platform, APP)
    first = access.token()
    wechat.expire(code)
    verdict = access.call(lambda token: platform.check_text(token, "openid-of-ann", "社会团体", 2))
    assert verdict.suggest == "pass"
    assert wechat.calls == {"token": 2, "check": 2}
    assert access.token() != first
    assert wechat.calls["token"] == 2


def test_a_token_that_stays_stale_is_reported_after_one_renewal(wechat: FakeWechat, store: Store, platform: Platform):
    wechat.script["check"] = [40001, 40001, 40001]
    with pytest.raises(Refused) as refusal:
        Access(store, platform, APP).call(lambda token: platform.check_text(token, "openid-of-ann", "社会团体", 2))
    assert refusal.value.code == 40001
    assert wechat.calls == {"token": 2, "check": 2}


def test_other_codes_renew_nothing(wechat: FakeWechat, store: Store, platform: Platform):
    wechat.script["check"] = [45009]
    with pytest.raises(Refused):
        Access(store, platform, APP).call(lambda token: platform.check_text(token, "openid-of-ann", "社会团体", 2))
    assert wechat.calls == {"token": 1, "check": 1}


def test_a_token_is_renewed_before_it_ends(wechat: FakeWechat, store: Store, platform: Platform):
    now = [time.time()]
    access = Access(store, platform, APP, clock=lambda: now[0])
    first = access.token()
    now[0] += 7200 - 301
    assert access.token() == first
    now[0] += 2
    assert access.token() != first
    assert wechat.calls["token"] == 2


def test_a_platform_that_is_down_is_not_asked_by_everybody(wechat: FakeWechat, store: Store, platform: Platform):
    wechat.script["token"] = ["500"]
    ticks = itertools.count(1_000_000, 0.1)
    access = Access(store, platform, APP, clock=lambda: next(ticks))
    with pytest.raises(Unreachable, match="stable_token"):
        access.token()
    failed = next(ticks)
    assert access.token()
    assert next(ticks) - failed > 0.8
    assert wechat.calls["token"] == 2


def test_a_lease_whose_holder_died_is_taken_over(wechat: FakeWechat, store: Store, platform: Platform):
    now = time.time()
    with store.begin() as session, session.begin():
        session.add(AccessToken(appid=APPID, holder="dead", leased=now + 0.4))
    assert Access(store, platform, APP).token() == wechat.tokens[0]
    assert time.time() > now + 0.4


def test_a_platform_that_says_nothing_is_given_up(wechat: FakeWechat):
    platform = Platform(wechat.url, 0.5)
    wechat.script["login"] = ["hang"]
    with pytest.raises(Unreachable):
        platform.openid(APPID, SECRET, "good-ann-1")
    assert wechat.calls["login"] == 1
    platform.close()


@pytest.mark.parametrize("answer", ["500", "html", {"errcode": 0}, [1]], ids=["server error", "no json", "no field", "no object"])
def test_answers_that_are_none(wechat: FakeWechat, platform: Platform, answer: object):
    wechat.script["login"] = [answer]
    with pytest.raises(Unreachable):
        platform.openid(APPID, SECRET, "good-ann-1")
    assert wechat.calls["login"] == 1


def test_system_busy_is_asked_again_once(wechat: FakeWechat, platform: Platform):
    wechat.script["login"] = [-1]
    assert platform.openid(APPID, SECRET, "good-ann-2") == "openid-of-ann"
    wechat.script["login"] = [-1, -1]
    with pytest.raises(Refused):
        platform.openid(APPID, SECRET, "good-ann-3")
    assert wechat.calls["login"] == 4


def test_no_secret_reaches_a_log(wechat: FakeWechat, store: Store, platform: Platform, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    platform.openid(APPID, SECRET, "good-ann-code")
    Access(store, platform, APP).call(lambda token: platform.check_text(token, "openid-of-ann", "社会团体", 2))
    wechat.script["token"] = [40125]
    wechat.expire()
    with pytest.raises(Refused) as refusal:
        Access(store, platform, APP).call(lambda token: platform.check_text(token, "openid-of-ann", "社会团体", 2))
    assert "HTTP Request" in caplog.text
    for hidden in (SECRET, "good-ann-code", wechat.tokens[0], "openid-of-ann"):
        assert hidden not in caplog.text
        assert hidden not in str(refusal.value)
    assert SECRET not in repr(APP)
