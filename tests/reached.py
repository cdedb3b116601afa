"""The API's tests against a running office, such as three processes behind nginx: SHEZU_TEST_URL, and its SHEZU_TEST_DATABASE to look up
what was kept. Tests that reach into the process, or ask for settings of their own, go on with an app of their own."""

from __future__ import annotations

import os
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastapi.testclient
import live
import starlette.testclient
from patience import PATIENCE
from starlette.testclient import TestClient, httpx

URL, DATABASE = os.environ.get("SHEZU_TEST_URL", ""), os.environ.get("SHEZU_TEST_DATABASE", "")
SHIPPED = "shipped-home"


class Reached(TestClient):
    """A client whose requests go to the office, where the app is one that the office is too."""

    __test__ = False

    def __enter__(self) -> Reached:
        super().__enter__()
        self._out = None
        if alike(self.app.state.service.settings):
            unchecked = ssl.create_default_context()  # the certificate was made for this run
            unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
            self._out = httpx.HTTPTransport(verify=unchecked)
            self._transport, self.base_url, self.timeout = self._out, URL, PATIENCE
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        if self._out:
            self._out.close()


def alike(chosen: Any) -> bool:
    """Whether an app of these settings would be as the office is."""
    usual = ORDINARY(chosen.home, Path())
    return SHIPPED in chosen.home.name and replace(chosen, database="") == replace(usual, database="")


def settings(home: Path, folder: Path, **changes: Any) -> Any:
    """As live.settings; an app like the office looks into the office's database."""
    return ORDINARY(home, folder, **({"database": DATABASE} if SHIPPED in home.name and not changes else {}) | changes)


def install() -> None:
    """Before any test's module is imported."""
    live.settings = settings
    starlette.testclient.TestClient = fastapi.testclient.TestClient = Reached


ORDINARY = live.settings
