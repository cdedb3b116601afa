from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

DEPLOY = REPOSITORY / "deploy"


@pytest.mark.parametrize("script", ["install.sh", "bundle.sh", "airgap.sh"])
def test_scripts_are_well_formed(script):
    assert subprocess.run(["sh", "-n", DEPLOY / script], capture_output=True, check=False).stderr == b""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle without wheels: enough to see what the installer refuses before it installs."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    shutil.copy(DEPLOY / "install.sh", folder)
    (folder / "release.zip").write_bytes(b"x")
    (folder / "python-version").write_text(f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}\n")
    names = ("install.sh", "release.zip", "python-version")
    (folder / "SHA256SUMS").write_text("".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  ./{name}\n" for name in names))
    return folder


def install(bundle: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = ["sh", bundle / "install.sh", bundle.parent / "opt", bundle.parent / "home"]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "PYTHON": python}, check=False)


def test_an_altered_bundle_is_not_installed(bundle):
    (bundle / "release.zip").write_bytes(b"y")
    done = install(bundle)
    assert done.returncode == 1
    assert "文件不完整或被改动过" in done.stdout
    assert not (bundle.parent / "opt").exists()


def test_a_bundle_for_another_machine_is_not_installed(bundle):
    (bundle / "python-version").write_text("3.9 sparc\n")
    done = install(bundle)
    assert done.returncode == 1
    assert "这个安装包是给 Python 3.9 sparc 的" in done.stdout


def test_a_missing_python_is_named(bundle):
    done = install(bundle, "/nowhere/python")
    assert done.returncode == 1
    assert "没有找到 /nowhere/python" in done.stdout


def test_nginx_takes_the_configuration(tmp_path):
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        pytest.skip("no nginx or no openssl on this machine")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x"]
    subprocess.run([*command, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/etc/nginx/tls", str(tmp_path)).replace("/run/nginx.pid", f"{tmp_path}/pid")
    for number, name in enumerate(("api:", "api2:", "api3:"), 1):
        text = text.replace(f"server {name}8000", f"server 127.0.0.{number}:8000")
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    done = subprocess.run(["nginx", "-t", "-q", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_streams_are_not_buffered_and_a_client_s_own_forwarding_is_overwritten():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_buffering off;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "non_idempotent" not in text.replace("POST", "")


@pytest.mark.parametrize("unit", ["shezu@.service", "shezu-backup.service", "shezu-backup.timer"])
def test_systemd_takes_the_units(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    for path in DEPLOY.glob("shezu*"):
        text = (
            path.read_text(encoding="utf-8")
            .replace("/opt/shezu/bin/shezu", "/bin/true")
            .replace("User=shezu", "User=root")
            .replace("Group=shezu", "Group=root")
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    name = tmp_path / unit.replace("@.", "@8001.")
    if "@" in unit:
        shutil.copy(tmp_path / unit, name)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", name], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if ("shezu" in line and "Unknown" in line) or ("Failed to" in line and "shezu" in line)]
    assert complaints == [], done.stderr


def audited(folder: Path, *more: str, report: object = None) -> subprocess.CompletedProcess[str]:
    if report is not None:
        (folder / "audit.json").write_text(json.dumps(report), encoding="utf-8")
    return subprocess.run([sys.executable, DEPLOY / "audit.py", folder / "audit.json", *more], capture_output=True, text=True, check=False)


def test_an_audit_goes_on_to_the_end_and_what_nobody_knows_is_no_pass(tmp_path):
    safe, hidden = {"name": "safe", "version": "1", "vulns": []}, {"name": "setuptools", "version": "84.2.1", "skip_reason": "not found"}
    bad = {"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": [], "description": ""}]}
    done = audited(tmp_path, report={"dependencies": [hidden, safe, bad]})
    assert done.returncode == 1
    assert "核对了 2 个包，1 处已知漏洞，1 个包没有核对到" in done.stdout
    assert "bad 2：PYSEC-2026-1，修好的版本 2.1" in done.stdout
    assert "setuptools 84.2.1" in done.stdout
    assert audited(tmp_path, report={"dependencies": [safe]}).returncode == 0
    assert audited(tmp_path, report={"dependencies": [safe, hidden]}).returncode == 3
    assert audited(tmp_path, "--offline", report={"dependencies": [safe, hidden]}).returncode == 0
    assert audited(tmp_path, "--offline", report={"dependencies": [bad, hidden]}).returncode == 1


def test_an_audit_without_a_report_is_no_pass(tmp_path):
    done = audited(tmp_path)
    assert done.returncode == 3
    assert "连不上漏洞库" in done.stdout
