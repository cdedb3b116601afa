"""An identity provider on loopback: discovery, sign-in without asking, tokens for a code once and with its PKCE verifier."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "shezu-console", "loopback-secret"


class Provider:
    """What the provider does wrong is set by a test: `claims` changes those of a token, `key` signs them."""

    def __init__(self) -> None:
        self.issuer, self.user = "", "u-1"
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.published = [self.key]
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, object] = {}
        self.asked: list[dict[str, str]] = []

    def app(self) -> FastAPI:
        """The provider's own pages."""
        made = FastAPI()

        @made.get("/.well-known/openid-configuration")
        def discovery():
            places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return {"issuer": self.issuer, **{name: self.issuer + path for name, path in places.items()}}

        @made.get("/keys")
        def keys():
            return {"keys": [key.as_dict(private=False) for key in self.published]}

        @made.get("/authorize")
        def authorize(request: Request):
            asked = dict(request.query_params)
            self.asked.append(asked)
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303)

        @made.post("/token")
        async def token(request: Request):
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            asked = self.codes.pop(form["code"], None)
            told = base64.b64decode(request.headers.get("authorization", "Basic ").partition(" ")[2]).decode()
            verifier = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
            if asked is None or told != f"{CLIENT}:{SECRET}" or verifier != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": CLIENT, "sub": self.user, "iat": now, "exp": now + 300, "nonce": asked["nonce"]} | self.claims
            signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
            return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 300, "id_token": signed}

        return made


def address_of(location: str) -> tuple[str, dict[str, str]]:
    """The address without its query, and the query."""
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {name: values[0] for name, values in parse_qs(parts.query).items()}
