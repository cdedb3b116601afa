from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import BadSetting
from api.wechat.settings import from_environment

KEY = "a" * 43


def test_nothing_set_is_nothing_configured():
    found = from_environment({})
    assert (found.mini, found.official, found.robot) == (None, None, None)


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"SHEZU_WECHAT_APPID": "wx1"}, "SHEZU_WECHAT_SECRET"),
        ({"SHEZU_WECHAT_SECRET": "s"}, "SHEZU_WECHAT_APPID"),
        ({"SHEZU_WECHAT_APPID": "wx1", "SHEZU_WECHAT_SECRET": "s", "SHEZU_WECHAT_TOKEN": "t"}, "SHEZU_WECHAT_AES_KEY"),
        (
            {"SHEZU_OFFICIAL_APPID": "wx1", "SHEZU_OFFICIAL_SECRET": "s", "SHEZU_OFFICIAL_TOKEN": "t", "SHEZU_OFFICIAL_AES_KEY": "short"},
            "SHEZU_OFFICIAL_AES_KEY",
        ),
        ({"SHEZU_WECOM_AES_KEY": KEY}, "SHEZU_WECOM_TOKEN"),
        ({"SHEZU_WECHAT_CHECK_DOWN": "maybe"}, "SHEZU_WECHAT_CHECK_DOWN"),
        ({"SHEZU_WECHAT_TIMEOUT": "soon"}, "SHEZU_WECHAT_TIMEOUT"),
        ({"SHEZU_WECHAT_TEMPLATE": "t"}, "SHEZU_WECHAT_TEMPLATE_FIELDS"),
        ({"SHEZU_WECHAT_TEMPLATE_FIELDS": "thing1=colour"}, "SHEZU_WECHAT_TEMPLATE_FIELDS"),
        ({"SHEZU_WECHAT_SECRET_FILE": "/nowhere/secret"}, "SHEZU_WECHAT_SECRET_FILE"),
        ({"SHEZU_WECOM_WEBHOOK": "qyapi"}, "SHEZU_WECOM_WEBHOOK"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_half_a_setting_names_the_variable(environment: dict[str, str], name: str):
    with pytest.raises(BadSetting, match=name):
        from_environment(environment)


def test_a_secret_from_a_file_is_shown_nowhere(tmp_path: Path):
    (tmp_path / "secret").write_text("very-secret\n")
    environment = {
        "SHEZU_WECHAT_APPID": "wx1",
        "SHEZU_WECHAT_SECRET_FILE": str(tmp_path / "secret"),
        "SHEZU_WECHAT_TOKEN": "tok-en",
        "SHEZU_WECHAT_AES_KEY": KEY,
    }
    found = from_environment(environment | {"SHEZU_WECOM_TOKEN": "tok-en", "SHEZU_WECOM_AES_KEY": KEY, "SHEZU_WECOM_STAFF": "li, wang"})
    assert found.mini is not None
    assert found.mini.secret == "very-secret"
    assert found.robot is not None
    assert found.robot.staff == {"li", "wang"}
    assert not any(word in repr(found) for word in ("very-secret", "tok-en", KEY))
