"""What may stand in this repository, and what may not."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Split, so that this file does not name what it forbids.
HOSTS = ("py" + "pi.org", "python" + "hosted", "npm" + "js", "ana" + "conda.org", "crates" + ".io", "rubygems" + ".org")
MACHINE_PATH = re.compile(r"(?<![\w.~*\-/])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "tm" + "p")) + r")/\w")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
TEXT_ENDINGS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".sh",
    ".yaml",
    ".yml",
    ".j2",
    ".css",
    ".csv",
    ".html",
    ".svg",
    "",
}


def committed() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Name and content of every committed text; the sample library is no text of ours."""
    library = ROOT / "samples" / "library"
    files = [path for path in committed() if path.suffix in TEXT_ENDINGS and library not in path.parents]
    return [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in files]


def test_no_file_names_a_registry() -> None:
    found = [f"{name}: {host}" for name, text in texts() for host in HOSTS if host in text]
    assert found == []


def test_no_file_names_a_place_on_a_machine() -> None:
    found = [f"{name}: {match[0]}" for name, text in texts() for match in MACHINE_PATH.finditer(text)]
    assert found == []


def test_the_search_for_places_finds_one() -> None:
    assert MACHINE_PATH.search("see " + "/ro" + "ot/x")
    assert not MACHINE_PATH.search("campaigns" + "/wo" + "rk/x and /mnt/nas/x")


def test_nothing_large_is_committed() -> None:
    """But for the workspaces and sealed audits of earlier versions, of which a few megabytes each are kept for ever."""
    golden = ROOT / "tests" / "golden"
    bounds = {path: 3_000_000 if golden in path.parents else 600_000 for path in committed()}
    assert [path.relative_to(ROOT) for path, bound in bounds.items() if path.stat().st_size > bound] == []


def test_no_key_is_committed() -> None:
    assert [path for path in committed() if path.suffix in {".p12", ".pfx", ".key", ".pem"}] == []


def test_the_relative_links_of_the_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("policies/**/*.md")]
    links = ((page, target) for page in pages for target in LINK.findall(page.read_text("utf-8")))
    broken = [f"{page.relative_to(ROOT)}: {target}" for page, target in links if not (page.parent / target).exists()]
    assert broken == []


def test_every_document_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in committed() if ROOT / "docs" in path.parents}
    assert {page for page in pages if page.endswith(".md") and f"({page})" not in index} == {"README.md"}


def test_the_checks_before_a_commit_call_the_makefile_and_fetch_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert re.findall(r"entry: (.+)", text) == ["make lint", "make quick"]


def test_the_version_has_one_home() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" in project["dynamic"] and "version" not in project


def test_no_mark_of_a_merge_was_left() -> None:
    marks = re.compile("^(?:" + "|".join(("<" * 7, ">" * 7)) + ") ", re.MULTILINE)
    texts = {file: file.read_text("utf-8", "replace") for file in committed() if file.suffix in TEXT_ENDINGS}
    assert [str(file) for file, text in texts.items() if marks.search(text)] == []
