"""A WebDAV store gives what the folder behind it gives, is asked for listings and bytes only, and is not believed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, SkipReason
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.ports import ReachableSource
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.kinds import webdav
from pdpo_audit.sources.stores.secrets import login_of
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.setup.changing import add_source
from tests.stores.http_servers import LOGIN, DavServer, Start, served
from tests.stores.libraries import as_store, listed
from tests.workspace.library import picture

NAMES = ("a.jpg", "夏 100%.jpg", "sub/b c.jpg", "sub/deeper/#1?.jpg", "sub/empty.jpg", "notes.txt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("share")
    for number, name in enumerate(NAMES):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        picture(number // 2, (320, 240)).save(base / name, "JPEG", quality=90)
    (base / "sub/empty.jpg").write_bytes(b"")
    (base / "notes.txt").write_bytes(b"x" * 200_000)
    return base


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[DavServer]:
    with served(DavServer(folder)) as server:
        yield server


@pytest.fixture
def server(running: DavServer, monkeypatch: pytest.MonkeyPatch) -> DavServer:
    monkeypatch.setenv("DAV_LOGIN", ":".join(LOGIN))
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    running.forget()
    return running


def source(server: DavServer, **more: Any) -> ReachableSource:
    return as_store(server.uri, **more)


def test_it_lists_and_gives_what_the_folder_does(server: DavServer, folder: Path) -> None:
    there, here = source(server), open_source(SourceSpec(name="here", uri=str(folder)))
    assert listed(there) == listed(here)
    assert [one.folder for one in there.folders() if isinstance(one, FolderListing)] == [b"", b"sub", b"sub/deeper"]
    for locator in listed(here):
        with_state = there.open(locator)
        assert with_state.whole() == (folder / locator.decode()).read_bytes()
        assert with_state.head(10) == (folder / locator.decode()).read_bytes()[:10]
    states = {(one.folder, entry) for one in there.folders() if isinstance(one, FolderListing) for entry in one.entries}
    for at, (name, size, modified, token) in states:
        stat = there.open((at + b"/" if at else b"") + name).stat
        assert (stat.size, stat.modified_ns, stat.inode) == (size, modified, token) and token
    assert set(server.asked) == {"PROPFIND", "GET"}


def test_patterns_choose_as_in_a_folder(server: DavServer, folder: Path) -> None:
    chosen: dict[str, Any] = {"include": ("sub/**",), "exclude": ("**/empty.jpg",)}
    there, here = source(server, **chosen), open_source(SourceSpec(name="here", uri=str(folder), **chosen))
    assert listed(there) == listed(here)
    assert there.choice() == here.choice() and there.wants(b"sub/b c.jpg") and not there.wants(b"a.jpg")


def test_a_scan_gives_the_tables_of_the_folder_and_a_second_one_reads_no_file(
    server: DavServer, folder: Path, tmp_path: Path
) -> None:
    tables, login = list[tuple[str, str]](), tmp_path / "login"
    login.write_text(":".join(LOGIN), "utf-8")  # workers that began before do not know the variable
    login.chmod(0o600)
    store = server.uri.replace("env:DAV_LOGIN", f"file:{login}")
    for uri in (store, str(folder)):
        workspace = Workspace.create(tmp_path / str(len(tables)))
        with workspace.project.settings_path.open("a") as settings:
            settings.write(f'\n[[sources]]\nname = "cloud"\nuri = "{uri}"\n')
        workspace.project.reload()
        workspace.scan(ScanOptions(workers=0, people="off"))
        kept = ["path", "bytes", "sha256", "relation", "is_master", "skipped_reason", "phash"]
        tables.append((workspace.table("holdings")[kept].to_csv(), workspace.table("skipped").to_csv()))
        if uri == store:
            server.asked.clear()
            assert workspace.scan(ScanOptions(workers=0, people="off")).examined.files == 0
            assert set(server.asked) == {"PROPFIND"}
    assert tables[0] == tables[1]


def test_a_busy_store_is_asked_again(server: DavServer, folder: Path) -> None:
    draws = random.Random(5)

    def fault(_: dict[str, Any], start: Start) -> list[bytes] | None:
        if draws.random() >= 0.2:
            return None
        start("429 Too Many Requests", [("Retry-After", "0"), ("Content-Length", "0")])
        return [b""]

    server.fault = fault
    there = source(server)
    assert listed(there) == listed(open_source(SourceSpec(name="here", uri=str(folder))))


def test_a_store_that_stays_away_is_not_reached_and_not_asked_for_every_file(server: DavServer) -> None:
    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        start("503 Service Unavailable", [("Content-Length", "0")])
        return [b""]

    server.fault = fault
    there = source(server)
    assert there.identity() is None
    (found,) = there.folders()
    assert isinstance(found, Skipped) and found.reason is SkipReason.NOT_REACHED
    asked = server.asked.total()
    for _ in range(50):
        with pytest.raises(ImageProblem, match="does not answer"):
            there.open(b"a.jpg")
    assert server.asked.total() == asked == lines.TRIES


def test_a_login_that_ended_is_not_reached(server: DavServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAV_LOGIN", "audit:another")
    with pytest.raises(ImageProblem) as refused:
        source(server).open(b"a.jpg")
    assert refused.value.reason is SkipReason.NOT_REACHED
    (found,) = source(server).folders()
    assert isinstance(found, Skipped) and found.reason is SkipReason.NOT_REACHED
    assert source(server).identity() is None


def test_a_file_that_changes_between_two_reads_is_no_mixture(server: DavServer, folder: Path) -> None:
    opened = source(server).open(b"notes.txt")
    (folder / "notes.txt").write_bytes(b"y" * 200_000)
    with pytest.raises(ImageProblem) as changed:
        opened.whole()
    assert changed.value.reason is SkipReason.CHANGED_WHILE_READ


def multistatus(*hrefs: str) -> bytes:
    members = "".join(
        f"<d:response><d:href>{one}</d:href><d:propstat><d:prop><d:getcontentlength>5</d:getcontentlength></d:prop>"
        "</d:propstat></d:response>"
        for one in hrefs
    )
    return f'<d:multistatus xmlns:d="DAV:">{members}</d:multistatus>'.encode()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("301 Moved", b"", "leads elsewhere"),
        ("207 Multi-Status", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "cannot be read"),
        ("207 Multi-Status", b"no xml", "cannot be read"),
        ("200 OK", b"<html/>", "status 200"),
        ("207 Multi-Status", b"x" * 3_000, "more than"),
    ],
)
def test_a_hostile_listing_is_told_and_bounded(
    server: DavServer, monkeypatch: pytest.MonkeyPatch, status: str, body: bytes, told: str
) -> None:
    monkeypatch.setattr(webdav, "_LISTING", 2_000)

    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        start(status, [("Location", "http://elsewhere.example/"), ("Content-Length", str(len(body)))])
        return [body]

    server.fault = fault
    (found,) = source(server).folders()
    assert isinstance(found, Skipped) and told in found.detail
    assert server.asked.total() == 1


def test_names_that_lead_out_of_the_folder_are_no_files(server: DavServer) -> None:
    outside = ("/../etc/passwd", "/sub/deep/a.jpg", "/a%00b.jpg", "/%2e%2e")

    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        body = multistatus("/", *outside, "/good.jpg", "http://elsewhere.example/c.jpg", "//other/b.jpg")
        start("207 Multi-Status", [("Content-Length", str(len(body)))])
        return [body]

    server.fault = fault
    found = list(source(server).folders())
    assert [one.reason for one in found if isinstance(one, Skipped)] == [SkipReason.SPECIAL_FILE] * len(outside)
    (listing,) = [one for one in found if isinstance(one, FolderListing)]
    assert [entry[0] for entry in listing.entries] == [b"b.jpg", b"c.jpg", b"good.jpg"]  # whatever the host


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("webdav://cloud.example.hk/a", "in clear"),
        ("webdavs://me:secret@cloud.example.hk/a", "holds a login"),
        ("webdavs://cloud.example.hk/a?credential=secret", "never written down"),
        ("webdavs://cloud.example.hk/a?credentials=env:NAME", "knows no"),
        ("webdavs:///a", "no host"),
        ("webdavs://cloud.example.hk:port/a", "Port could not be"),
    ],
)
def test_what_would_give_a_secret_away_is_refused(uri: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        open_source(SourceSpec(name="cloud", uri=uri))


def test_a_secret_in_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "login"
    file.write_text("audit:word\n")
    file.chmod(0o644)
    opened = as_store(f"webdavs://cloud.example.hk/a?credential=file:{file}")
    assert "others can read" in opened.reach().problem
    file.chmod(0o600)
    assert login_of(f"file:{file}") == ("audit", "word")
    assert "word" not in repr(opened) + opened.uri


def test_a_store_is_declared_when_it_answers(
    server: DavServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Workspace.create(tmp_path / "audit").project
    assert add_source(project, server.uri, owner="Creative Services") == "127.0.0.1"
    assert project.settings.sources[-1].uri == server.uri
    with pytest.raises(CallError, match="declared already"):
        add_source(project, server.uri, "again")
    monkeypatch.setenv("DAV_LOGIN", "audit:another")
    with pytest.raises(CallError, match="does not answer, or lets nobody in"):
        add_source(project, server.uri.replace("/?", "/sub?"), "part")
    with pytest.raises(CallError, match="is no folder"):
        add_source(project, str(tmp_path / "nothing"))
