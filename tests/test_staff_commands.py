import re

import pytest

from api.command import main
from api.staff.accounts import Accounts
from api.staff.ledger import Ledger
from api.staff.roles import Role
from api.store import Store


@pytest.fixture
def office(database, tmp_path, monkeypatch):
    monkeypatch.setenv("SHEZU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHEZU_DATABASE", database)
    store = Store(database)
    yield store
    store.close()


def test_the_first_admin_gets_a_password_that_is_shown_once(office, capsys):
    assert main(["staff", "add-admin", "boss", "--display", "王主任"]) == 0
    password, words = capsys.readouterr().out.split("\n", 1)
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", password)
    assert "第一次登录要改密码" in words
    account = Accounts(office).enter("boss", password)
    assert (account.staff.display, account.staff.roles, account.once) == ("王主任", {Role.ADMIN}, True)
    assert [entry.action for entry in Ledger(office).entries()] == ["开账号"]


def test_there_is_no_account_before(office, capsys):
    assert main(["staff", "list"]) == 0
    assert "add-admin" in capsys.readouterr().out
    assert Accounts(office).all() == []


def test_a_password_comes_from_a_file(office, tmp_path, capsys):
    (tmp_path / "password").write_text("Lantern-Kite-27\n")
    assert main(["staff", "add-admin", "boss", "--password-file", str(tmp_path / "password")]) == 0
    assert "Lantern-Kite-27" not in capsys.readouterr().out
    assert Accounts(office).enter("boss", "Lantern-Kite-27").once


@pytest.mark.parametrize(("name", "password", "why"), [("boss", "short", "10 到 128"), ("大王", "Lantern-Kite-27", "登录名"), ("boss", "", "10 到 128")])
def test_what_will_not_do_is_refused(office, tmp_path, capsys, name, password, why):
    (tmp_path / "password").write_text(password)
    assert main(["staff", "add-admin", name, "--password-file", str(tmp_path / "password")]) == 1
    assert why in capsys.readouterr().out
    assert Accounts(office).all() == []


def test_a_file_that_is_not_there_is_told(office, capsys):
    assert main(["staff", "add-admin", "boss", "--password-file", "/nowhere"]) == 1
    assert "/nowhere" in capsys.readouterr().out


def test_a_name_is_given_once(office, capsys):
    assert [main(["staff", "add-admin", "boss"]) for _ in range(2)] == [0, 1]
    assert "已经有人用了" in capsys.readouterr().out


def test_a_forgotten_password_is_reset(office, capsys):
    main(["staff", "add-admin", "boss"])
    capsys.readouterr()
    assert main(["staff", "reset", "boss"]) == 0
    password = capsys.readouterr().out.split("\n", 1)[0]
    assert Accounts(office).enter("boss", password)
    assert main(["staff", "reset", "nobody"]) == 1


def test_the_ledger_is_verified(office, capsys):
    main(["staff", "add-admin", "boss"])
    capsys.readouterr()
    assert main(["staff", "verify-ledger"]) == 0
    anchor = re.search(r"\d+:[0-9a-f]{64}", capsys.readouterr().out)[0]
    assert main(["staff", "verify-ledger", "--since", anchor]) == 0
    assert main(["staff", "verify-ledger", "--since", f"2:{anchor[2:]}"]) == 1
    assert "只剩 1 条" in capsys.readouterr().out


def test_an_anchor_that_is_none_is_a_mistake(office, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["staff", "verify-ledger", "--since", "yesterday"])
    assert ended.value.code == 2


def test_the_store_is_upgraded_and_swept(office, capsys):
    assert main(["store", "upgrade"]) == 0
    assert "已是最新" in capsys.readouterr().out
    assert main(["store", "expire"]) == 0
    assert "没有超过 60 天的内容" in capsys.readouterr().out
