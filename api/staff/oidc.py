"""Signing in through the office's identity provider: OpenID Connect, authorization code with PKCE; the only module that names authlib."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
PATIENCE = 10.0
REMEMBERED = 3600.0
# How far the provider's clock may be from ours.
LEEWAY = 60


class OutsideProblem(Exception):
    """The identity provider did not let anybody in; the message is fit for the sign-in page."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The office's identity provider; issuer "" where there is none. `called` stands on the sign-in button."""

    issuer: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    called: str = "统一身份认证"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the browser keeps while its user is at the provider: state, nonce and PKCE verifier, and the address to send it to."""

    address: str
    state: str
    nonce: str
    verifier: str


class Oidc:
    """Signing in through one provider; `clock` gives seconds for what is remembered of it."""

    def __init__(self, provider: Provider, clock: Callable[[], float] = time.monotonic) -> None:
        self.provider, self._clock = provider, clock
        self._known: tuple[float, dict[str, Any], KeySet] | None = None
        self._asking = threading.Lock()

    def subject(self, name: str) -> str:
        """The provider's user as accounts keep it: another issuer's user of the same name is somebody else."""
        return f"{self.provider.issuer} {name}"

    def leave(self, redirect: str) -> Leaving:
        """Where to send the browser. Raises OutsideProblem where the provider is not reached."""
        told, _ = self._metadata()
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        with self._client(redirect) as client:
            address, state = client.create_authorization_url(told["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
        return Leaving(address, state, nonce, verifier)

    def arrive(self, redirect: str, code: str, nonce: str, verifier: str) -> str:
        """The subject of who came back with a code. Raises OutsideProblem where the provider or its token does not hold."""
        told, keys = self._metadata()
        try:
            with self._client(redirect) as client:
                token = client.fetch_token(told["token_endpoint"], code=code, code_verifier=verifier, grant_type="authorization_code")
        except (HTTPError, AuthlibBaseError, ValueError):
            raise OutsideProblem(f"{self.provider.called}没有确认这次登录，请再试一次") from None
        for known in (keys, None):
            try:
                return self.subject(str(self._claims(token, known or self._metadata(anew=True)[1], nonce)["sub"]))
            except (JoseError, ValueError):  # its keys may have changed since they were read
                continue
        raise OutsideProblem(f"{self.provider.called}发来的身份凭证没有通过校验，请联系管理员")

    def _claims(self, token: Mapping[str, Any], keys: KeySet, nonce: str) -> Mapping[str, Any]:
        decoded = jwt.decode(str(token.get("id_token", "")), keys, algorithms=ALGORITHMS)
        options: Any = {"iss": {"essential": True, "value": self.provider.issuer}, "aud": {"essential": True, "value": self.provider.client}}
        params = {"nonce": nonce, "client_id": self.provider.client, "access_token": token.get("access_token")}
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(leeway=LEEWAY)
        return dict(claims)

    def _metadata(self, *, anew: bool = False) -> tuple[dict[str, Any], KeySet]:
        with self._asking:
            if anew or self._known is None or self._clock() - self._known[0] > REMEMBERED:
                try:
                    self._known = (self._clock(), *self._asked())
                except (HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError):
                    raise OutsideProblem(f"连不上{self.provider.called}，请稍后再试，或用本地账号登录") from None
            return self._known[1:]

    def _asked(self) -> tuple[dict[str, Any], KeySet]:
        with self._client("") as client:
            told = _read(client, f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if told["issuer"] != self.provider.issuer:
                raise ValueError(told["issuer"])
            keys = _read(client, told["jwks_uri"])
        signing = [key for key in keys["keys"] if key.get("use", "sig") == "sig"]
        return told, KeySet.import_key_set({"keys": signing})

    def _client(self, redirect: str) -> OAuth2Client:
        method = "client_secret_basic" if self.provider.secret else "none"
        return OAuth2Client(
            self.provider.client,
            self.provider.secret or None,
            token_endpoint_auth_method=method,
            scope="openid profile",
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=PATIENCE,
        )


def _read(client: OAuth2Client, address: str) -> dict[str, Any]:
    found = client.request("GET", address, withhold_token=True).raise_for_status().json()
    if not isinstance(found, dict):
        raise ValueError(address)
    return found


def recalled(value: str) -> list[str]:
    """State, nonce and verifier of the cookie that `remembered` made; three empty ones where it is none."""
    parts = value.split(".")
    return parts if len(parts) == 3 and all(parts) else ["", "", ""]


def remembered(leaving: Leaving) -> str:
    """What the browser keeps, as a cookie's value."""
    return f"{leaving.state}.{leaving.nonce}.{leaving.verifier}"
