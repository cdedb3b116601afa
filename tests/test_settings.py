from __future__ import annotations

import pytest

from api.settings import BadSetting, from_environment


def test_by_default_no_other_origin_is_let_in_and_lines_go_to_standard_error():
    settings = from_environment({})
    assert (settings.cors, settings.public_url, settings.log) == ((), "", "stderr")
    assert settings.base_url == "http://127.0.0.1:8000"


def test_origins_are_separated_by_commas():
    settings = from_environment({"SHEZU_CORS": "https://a.example.gov.cn, http://localhost:3000,"})
    assert settings.cors == ("https://a.example.gov.cn", "http://localhost:3000")


def test_the_public_address_is_that_of_links():
    assert from_environment({"SHEZU_PUBLIC_URL": "https://wen.example.gov.cn/"}).base_url == "https://wen.example.gov.cn"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHEZU_CORS", "*"),
        ("SHEZU_CORS", "https://a.example.gov.cn/path"),
        ("SHEZU_CORS", "a.example.gov.cn"),
        ("SHEZU_PUBLIC_URL", "wen.example.gov.cn"),
        ("SHEZU_TODAY", "2026-13-01"),
        ("SHEZU_PORT", "0"),
        ("SHEZU_PORT", "x"),
        ("SHEZU_RATE_PER_MINUTE", "-1"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_and_value(name: str, value: str):
    with pytest.raises(BadSetting) as found:
        from_environment({name: value})
    assert name in str(found.value)
    assert value in str(found.value)


def test_hosts_of_official_texts_are_names_alone():
    assert from_environment({}).fetch_hosts == ()
    assert from_environment({"SHEZU_FETCH_HOSTS": "MZJ.example.gov.cn, rd.example.gov.cn:8443,"}).fetch_hosts == (
        "mzj.example.gov.cn",
        "rd.example.gov.cn:8443",
    )


@pytest.mark.parametrize(
    "value", ["*", "*.gov.cn", "https://mzj.example.gov.cn", "mzj.example.gov.cn/x", "10.0.0.8", "localhost", "[::1]", "a@b.gov.cn", "gov"]
)
def test_what_is_no_host_name_is_refused(value: str):
    with pytest.raises(BadSetting, match="SHEZU_FETCH_HOSTS"):
        from_environment({"SHEZU_FETCH_HOSTS": value})


@pytest.mark.parametrize("value", ["http://10.0.0.1:3128", "https://proxy.example.gov.cn", "http://user:word@10.0.0.1:3128/"])
def test_the_way_out_to_official_texts_may_be_a_proxy_and_is_not_shown(value: str):
    settings = from_environment({"SHEZU_FETCH_PROXY": value})
    assert settings.fetch_proxy == value
    assert value not in repr(settings)


@pytest.mark.parametrize("value", ["10.9.9.9:3128", "socks5://10.9.9.9", "http://10.0.0.1/path", "http://a b"])
def test_what_is_no_proxy_is_refused_without_repeating_it(value: str):
    with pytest.raises(BadSetting, match="SHEZU_FETCH_PROXY") as problem:
        from_environment({"SHEZU_FETCH_PROXY": value})
    assert value not in str(problem.value)
