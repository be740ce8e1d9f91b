"""The library behind the stores, and what a scan of its folder says: made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores.libraries import OFF, Tables, declared, make_library, tables_of


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("share")
    make_library(base)
    return base


@pytest.fixture(scope="session")
def tables(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    workspace = declared(tmp_path_factory.mktemp("audit"), str(library))
    workspace.scan(OFF)
    return tables_of(workspace)


@pytest.fixture
def login(tmp_path: Path) -> str:
    """Where a login stands that workers find too: they may have begun before a variable was set."""
    file = tmp_path / "login"
    file.write_text("audit:a pass:word", "utf-8")
    file.chmod(0o600)
    return f"file:{file}"
