"""What the tests share: the official texts where they are at hand, and a home with a release of the invented laws."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import lantern
import pytest
import reached
from hypothesis import settings

from assistant.pipeline import Assistant
from corpus.catalog import Catalog, catalog_from, load_catalog
from corpus.intake import Texts, files_in, import_files
from corpus.library import Library
from index.release import build, current
from index.search import Search

pytest_plugins = ("databases",)
if reached.URL:
    reached.install()
REPOSITORY = Path(__file__).resolve().parent.parent
OFFICIAL_TEXTS = REPOSITORY.parent / "shared" / "official-texts"

settings.register_profile("shezu", deadline=None, derandomize=True, database=None, max_examples=100)
settings.load_profile("shezu")


LONG = ("test_web.py", "test_miniprogram.py", "test_model.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first, so that of two processes none waits for it at the end."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONG) if name == item.path.name), len(LONG)))


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """What a module leaves unclosed is warned of in that module, not in whichever test comes next."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def official_texts() -> Path:
    """The folder of real texts, which do not ship with the code."""
    if not OFFICIAL_TEXTS.is_dir():
        pytest.skip("../shared/official-texts is not here: real texts do not ship with the code")
    return OFFICIAL_TEXTS


@pytest.fixture
def catalog() -> Catalog:
    """The catalog of the invented laws."""
    return catalog_from(lantern.knowledge()["catalog"])


@pytest.fixture(scope="session")
def lantern_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with both editions imported and one release built. Not to be written to."""
    home = tmp_path_factory.mktemp("lantern-home")
    lantern.import_and_build(home, lantern.write_files(tmp_path_factory.mktemp("lantern-files")))
    return home


@pytest.fixture(scope="session")
def lantern_search(lantern_home: Path) -> Search:
    """The release of the invented laws, opened."""
    return Search(current(lantern_home), lantern.TokenHashes())


@pytest.fixture(scope="session")
def lantern_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of the invented laws, with both editions imported."""
    folder = tmp_path_factory.mktemp("lantern-texts")
    import_files(lantern.write_files(folder), Texts(folder / "texts"), catalog_from(lantern.knowledge()["catalog"]))
    return Library(lantern.knowledge(), folder / "texts")


@pytest.fixture(scope="session")
def shipped() -> Assistant:
    """The assistant over the release that `make setup` builds from our own digests and guides."""
    return Assistant(Search.open(REPOSITORY / "var"))


@pytest.fixture(scope="session")
def official(official_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped knowledge with all official texts imported."""
    home = tmp_path_factory.mktemp("official")
    reports = import_files(files_in([official_texts]), Texts(home / "texts"), load_catalog())
    assert not [report for report in reports if report.failed]
    return Library(texts=home / "texts")


@pytest.fixture(scope="session")
def shipped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a release of our own digests and guides without vectors: built in seconds, the same wherever tests run. Not to be written to."""
    home = tmp_path_factory.mktemp("shipped-home")
    build(home, None)
    return home
