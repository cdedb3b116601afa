from __future__ import annotations

import re

import pytest
from conftest import REPOSITORY

from api.secret_files import SECRETS, BadSecret, read, with_secrets
from api.settings import BadSetting, from_environment


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_stand_in_a_file(name, tmp_path):
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    assert with_secrets({f"{name}_FILE": str(tmp_path / "secret"), "A": "b"}) == {f"{name}_FILE": str(tmp_path / "secret"), "A": "b", name: "s3cret"}


def test_the_settings_take_it_from_there_and_do_not_show_it(tmp_path):
    (tmp_path / "key").write_text("s3cret\n", encoding="utf-8")
    settings = from_environment({"SHEZU_MODEL_KEY_FILE": str(tmp_path / "key"), "SHEZU_MODEL_URL": "http://m/v1", "SHEZU_MODEL_NAME": "m"})
    assert settings.model_key == "s3cret"
    assert "s3cret" not in repr(settings)


def test_what_cannot_be_read_is_said_without_the_secret(tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "good").write_text("s3cret")
    for file, says in (("none", "读不出来"), ("empty", "是空的"), ("binary", "不是 UTF-8 文字")):
        with pytest.raises(BadSecret, match=f"SHEZU_MODEL_KEY_FILE“.*{file}”{says}"):
            read({"SHEZU_MODEL_KEY_FILE": str(tmp_path / file)}, "SHEZU_MODEL_KEY")
    with pytest.raises(BadSetting, match="只能设一个") as refused:
        from_environment({"SHEZU_MODEL_KEY_FILE": str(tmp_path / "good"), "SHEZU_MODEL_KEY": "other"})
    assert "s3cret" not in str(refused.value)


def test_no_secret_of_the_source_is_forgotten():
    """What is named like a secret anywhere in the product may come from a file."""
    source = "\n".join(path.read_text(encoding="utf-8") for layer in ("api", "index") for path in (REPOSITORY / layer).rglob("*.py"))
    named = set(re.findall(r"\bSHEZU_[A-Z_]*(?:KEY|SECRET|TOKEN|WEBHOOK|PASSWORD)\b", source))
    assert named <= set(SECRETS)
