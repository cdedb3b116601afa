from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml
from conftest import REPOSITORY

from api.command import main
from api.configuration import PAGE, ROWS, page
from api.secret_files import SECRETS
from api.settings import Settings, from_environment

NAMES = {row.name for row in ROWS}


def read_by_the_source() -> set[str]:
    """Every variable that the product reads; those of WeChat are put together from a prefix."""
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for layer in ("api", "assistant", "index", "corpus")
        for path in (REPOSITORY / layer).rglob("*.py")
        if path.name != "configuration.py" and "node_modules" not in path.parts
    )
    found = set(re.findall(r'"(SHEZU_[A-Z_]+[A-Z])"', source))
    prefixes = {
        "SHEZU_WECHAT": ("APPID", "SECRET", "TOKEN", "AES_KEY"),
        "SHEZU_OFFICIAL": ("APPID", "SECRET", "TOKEN", "AES_KEY"),
        "SHEZU_WECOM": ("TOKEN", "AES_KEY"),
    }
    return found - set(prefixes) | {f"{prefix}_{end}" for prefix, ends in prefixes.items() for end in ends}


def test_the_page_names_every_setting_that_is_read_and_no_other():
    assert read_by_the_source() == NAMES


def test_every_field_of_the_settings_is_explained():
    told = {row.field for row in ROWS} - {""}
    assert told == {field.name for field in fields(Settings)} - {"home", "embedder"}


def test_the_page_is_current():
    assert (REPOSITORY / PAGE).read_text(encoding="utf-8") == page(from_environment({})), f"run: shezu settings --markdown > {PAGE}"


def test_the_command_tells_what_is_set_and_no_secret(monkeypatch, capsys):
    for name in SECRETS:
        monkeypatch.setenv(name, "postgresql://x/s3cret" if name == "SHEZU_DATABASE" else "https://s3cret")
    monkeypatch.setenv("SHEZU_REGION", "浙江省")
    monkeypatch.setenv("SHEZU_REGOIN", "浙江省")
    assert main(["settings"]) == 0
    said = capsys.readouterr()
    assert "SHEZU_REGION = 浙江省" in said.out
    assert "SHEZU_PORT = 默认：`8000`" in said.out
    assert "s3cret" not in said.out + said.err
    assert "没有 SHEZU_REGOIN 这项设置" in said.err


def test_deployment_files_set_only_what_exists():
    known = NAMES | {f"{name}_FILE" for name in SECRETS}
    for path in sorted((REPOSITORY / "deploy").iterdir()):
        if path.is_file():
            used = set(re.findall(r"\bSHEZU_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8")))
            assert used <= known, f"{path.name}: {used - known}"


def test_compose_runs_three_processes_behind_one_proxy():
    compose = yaml.safe_load((REPOSITORY / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    nginx = (REPOSITORY / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    upstream = re.findall(r"server (\w+):8000", nginx)
    assert upstream == [name for name in services if name.startswith("api")] == ["api", "api2", "api3"]
    assert all(services[name]["environment"]["SHEZU_PROXIES"] == compose["networks"]["inside"]["ipam"]["config"][0]["subnet"] for name in upstream)
    assert Path(services["api"]["build"]["dockerfile"]).name == "Dockerfile"
