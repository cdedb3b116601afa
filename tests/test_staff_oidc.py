import time

import httpx
import live
import pytest
from fastapi.testclient import TestClient
from identity_provider import CLIENT, SECRET, Provider, address_of
from joserfc.jwk import RSAKey
from office_staff import PASSWORD, hired
from patience import PATIENCE

from api.app import create_app
from api.settings import BadSetting, from_environment
from api.staff.roles import Role

WAY = "/api/v1/staff/oidc"


@pytest.fixture
def provider(shipped_home, tmp_path):
    made = Provider()
    with live.serving(live.settings(shipped_home, tmp_path), made.app()) as address:
        made.issuer = address
        yield made


@pytest.fixture
def app(provider, shipped_home, tmp_path):
    (tmp_path / "office").mkdir()
    made = create_app(live.settings(shipped_home, tmp_path / "office", oidc_issuer=provider.issuer, oidc_client=CLIENT, oidc_secret=SECRET))
    with TestClient(made):
        yield made


@pytest.fixture
def staff(app):
    service = app.state.service
    return service.staff.add("wang", "王", [Role.CLERK], subject=service.oidc.subject("u-1")).staff


def left(app, **query):
    """A browser that was sent to the provider, and where."""
    client = TestClient(app, follow_redirects=False)
    sent = client.get(WAY, params=query)
    assert sent.status_code == 303
    return client, sent.headers["location"]


def came_back(client, location):
    """What the office answers when the browser brings back the provider's code."""
    back = httpx.get(location, follow_redirects=False, timeout=PATIENCE).headers["location"]
    return client.get(back)


def why(response):
    address, query = address_of(response.headers["location"])
    assert address.endswith("/console/sign-in.html")
    assert "shezu-staff" not in response.cookies
    return query["why"]


def test_a_member_of_staff_comes_in_through_the_provider(app, provider, staff):
    client, location = left(app, next="/console/queues.html?state=open")
    _, asked = address_of(location)
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == "http://testserver/api/v1/staff/oidc/callback"
    inside = came_back(client, location)
    assert inside.headers["location"] == "/console/queues.html?state=open"
    assert client.get("/api/v1/staff/session").json()["name"] == "wang"
    entry = app.state.service.ledger.entries(most=1)[0]
    assert (entry.name, entry.action, entry.result) == ("wang", "登录", "成功（统一身份认证）")


def test_the_sign_in_page_is_told_of_the_provider(app, shipped_home, tmp_path):
    assert TestClient(app).get("/api/v1/staff/ways").json() == {"local": True, "outside": "统一身份认证"}
    with TestClient(create_app(live.settings(shipped_home, tmp_path))) as alone:
        assert alone.get("/api/v1/staff/ways").json() == {"local": True, "outside": ""}
        assert alone.get(WAY).status_code == 404


def test_who_has_no_account_is_told_what_to_give_the_admin(app, provider):
    client, location = left(app)
    assert "标识 u-1" in why(came_back(client, location))
    assert app.state.service.ledger.entries(most=1)[0].result == "失败：没有账号：u-1"


def test_a_disabled_account_stays_out(app, provider, staff):
    hired(app, "boss", Role.ADMIN)
    app.state.service.staff.change(staff.id, display="王", roles=[Role.CLERK], disabled=True)
    client, location = left(app)
    assert "没有在用的工作台账号" in why(came_back(client, location)).replace("还没有", "没有")


def test_a_password_opens_no_account_of_the_provider(app, staff):
    assert TestClient(app).post("/api/v1/staff/session", json={"name": "wang", "password": PASSWORD}).status_code == 401


def test_another_browser_s_state_is_refused(app, provider, staff):
    _, location = left(app)
    assert "已过期" in why(came_back(TestClient(app, follow_redirects=False), location))


def test_a_code_is_good_once(app, provider, staff):
    client, location = left(app)
    back = httpx.get(location, follow_redirects=False, timeout=PATIENCE).headers["location"]
    kept = dict(client.cookies)
    assert client.get(back).headers["location"] == "/console/"
    again = TestClient(app, follow_redirects=False, cookies=kept)
    assert "没有确认" in why(again.get(back))


def test_a_code_of_somebody_else_s_sign_in_is_refused(app, provider, staff):
    """The PKCE verifier and the nonce belong to the browser that began."""
    _, theirs = left(app)
    stolen = address_of(httpx.get(theirs, follow_redirects=False, timeout=PATIENCE).headers["location"])[1]["code"]
    client, mine = left(app)
    refused = client.get(f"{WAY}/callback", params={"state": address_of(mine)[1]["state"], "code": stolen})
    assert "没有确认" in why(refused)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"iss": "https://elsewhere.example"},
        {"nonce": "replayed"},
        {"exp": int(time.time()) - 600},
        {"azp": "another-client"},
        {"aud": [CLIENT, "another-client"]},
    ],
)
def test_a_token_that_does_not_fit_is_refused(app, provider, staff, claims):
    provider.claims = claims
    if isinstance(claims.get("aud"), list):
        provider.claims = claims | {"azp": "another-client"}
    client, location = left(app)
    assert "没有通过校验" in why(came_back(client, location))


def test_a_token_signed_by_another_key_is_refused(app, provider, staff):
    left(app)
    provider.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    client, location = left(app)
    assert "没有通过校验" in why(came_back(client, location))


def test_a_new_key_of_the_provider_is_read(app, provider, staff):
    left(app)
    provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    provider.published.append(provider.key)
    client, location = left(app)
    assert came_back(client, location).headers["location"] == "/console/"


def test_a_page_of_another_site_is_not_gone_to(app, provider, staff):
    for elsewhere in ("https://evil.example/", "//evil.example/", "/console/../api", "/console/\\evil"):
        client, location = left(app, next=elsewhere)
        assert not came_back(client, location).headers["location"].startswith(("http", "//", "/api"))


def test_a_provider_out_of_reach_leaves_passwords(shipped_home, tmp_path):
    chosen = live.settings(shipped_home, tmp_path, oidc_issuer="http://127.0.0.1:9", oidc_client=CLIENT)
    with TestClient(create_app(chosen), follow_redirects=False) as client:
        assert "连不上" in why(client.get(WAY))
        hired(client.app, "li")
        assert client.post("/api/v1/staff/session", json={"name": "li", "password": PASSWORD}).status_code == 201


@pytest.mark.parametrize("issuer", ["http://id.example", "ftp://127.0.0.1", "https://user:word@id.example"])
def test_an_issuer_without_tls_is_refused(issuer):
    with pytest.raises(BadSetting, match="SHEZU_OIDC_ISSUER"):
        from_environment({"SHEZU_OIDC_ISSUER": issuer, "SHEZU_OIDC_CLIENT_ID": "c"})


def test_an_issuer_needs_a_client():
    with pytest.raises(BadSetting, match="SHEZU_OIDC_CLIENT_ID"):
        from_environment({"SHEZU_OIDC_ISSUER": "https://id.example"})
    settings = from_environment({"SHEZU_OIDC_ISSUER": "https://id.example/realms/gov", "SHEZU_OIDC_CLIENT_ID": "c", "SHEZU_OIDC_CLIENT_SECRET": "s"})
    assert settings.oidc_issuer == "https://id.example/realms/gov"
    assert "'s'" not in repr(settings)
