from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.framing import POLICY, Pages

ALLOWED = ("https://www.example.gov.cn", "http://10.0.0.8:8080")


def test_only_the_widget_may_be_framed_by_the_allowed(tmp_path):
    for name in ("index.html", "embed.html"):
        (tmp_path / name).write_text("<!doctype html>")
    app = FastAPI()
    app.mount("/", Pages(tmp_path, ALLOWED))
    with TestClient(app) as client:
        framed = client.get("/embed.html").headers["content-security-policy"]
        assert framed.endswith("frame-ancestors 'self' https://www.example.gov.cn http://10.0.0.8:8080")
        for path in ("/", "/index.html", "/./index.html"):
            assert client.get(path).headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY


def test_pages_are_asked_for_again_and_sent_only_when_changed(tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html>")
    app = FastAPI()
    app.mount("/", Pages(tmp_path))
    with TestClient(app) as client:
        first = client.get("/")
        assert first.headers["cache-control"] == "no-cache"
        again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.headers["cache-control"] == "no-cache"
        assert client.get("/none").status_code == 404
