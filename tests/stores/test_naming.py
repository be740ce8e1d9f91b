"""What needs a store's login or library, and what does not; what is told of sources before and after they are read."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import keyring
import pytest

from pdpo_audit import Workspace
from pdpo_audit.cli.app import start
from pdpo_audit.errors import CallError, NotReachedError
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.answers import RefusedError
from pdpo_audit.sources.stores.secrets import login_of
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.scan.listing import list_sources
from pdpo_audit.workspace.scan.reaching import check_sources
from pdpo_audit.workspace.setup.changing import add_source
from tests.stores.http_servers import LOGIN, DavServer, served
from tests.stores.libraries import OFF, as_store, declared

EVERY_KIND = (
    "webdavs://cloud.example.hk/a?credential=env:NOWHERE", "s3://bucket/a?credential=env:NOWHERE",
    "sftp://host/a?credential=env:NOWHERE", "smb://host/share?credential=env:NOWHERE",
    "imaps://host/INBOX?credential=env:NOWHERE",
)  # fmt: skip


@pytest.fixture
def two(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A folder and a store, scanned once; then the store's login is gone."""
    login = tmp_path / "login"
    login.write_text(":".join(LOGIN), "utf-8")
    login.chmod(0o600)
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    with served(DavServer(library)) as server:
        uri = server.uri.replace("env:DAV_LOGIN", f"file:{login}")
        workspace = declared(tmp_path / "audit", uri, 'jurisdiction = "HK"\ncost_hkd_per_gb_month = 1000.0')
        workspace.add(library / "sub")
        workspace.scan(OFF)
    login.unlink()
    return workspace


def test_a_store_without_its_login_is_not_reached_and_the_rest_is_scanned(
    two: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(two.project.folder)
    before = {one.source: one for one in list_sources(two.project)}
    assert (
        before["cloud"].reached_at[:10] == before["sub"].reached_at[:10] == datetime.now(HONG_KONG).date().isoformat()
    )
    assert before["cloud"].files == 8 and before["cloud"].bytes > 200_000 and not before["cloud"].doubt
    assert before["cloud"].cost_hkd_per_month == pytest.approx(before["cloud"].bytes / 1e6)
    assert before["sub"].cost_hkd_per_month is None
    assert locator_of(two.project.sources())(ImageRef(source="cloud", locator=b"a.jpg")) is not None  # as reports do
    two.close()

    def called(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["pdpo-audit", *arguments, "--workspace", folder])
        with pytest.raises(SystemExit) as ended:
            start()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    code, said = called("scan", "--people", "off", "--workers", "0")
    assert code == 3 and "cloud: NOT REACHED" in said and "cannot be read" in said and "sub:" not in said
    code, said = called("source", "list", "--json")
    told = {one["source"]: one for one in json.loads(said)}
    assert code == 0 and told["cloud"]["doubt"] and told["cloud"]["reached_at"] == before["cloud"].reached_at
    assert not told["sub"]["doubt"] and told["sub"]["reached_at"] >= before["sub"].reached_at
    code, said = called("source", "list")
    assert code == 0 and "reached" in said and "HK$ a month" in said
    code, said = called("source", "check")
    assert code == 3 and "cannot be read" in said.replace("\n", " ")


def test_a_first_scan_says_what_login_is_missing(library: Path, tmp_path: Path) -> None:
    workspace = declared(tmp_path / "audit", EVERY_KIND[0])
    workspace.add(library)
    with pytest.raises(NotReachedError, match='source "cloud": the variable NOWHERE is empty'):
        workspace.scan(OFF)


@pytest.mark.parametrize("uri", EVERY_KIND)
def test_naming_a_store_asks_for_nothing(uri: str, tmp_path: Path) -> None:
    store = as_store(uri)
    assert "the variable NOWHERE is empty" in store.reach().problem and store.identity() is None
    (found,) = store.folders()
    assert "the variable NOWHERE is empty" in found.detail  # type: ignore[union-attr]


def test_a_missing_library_is_told_where_the_store_is_used() -> None:
    code = f"""
import sys
for name in ("httpx2", "boto3", "asyncssh", "smbprotocol"):
    sys.modules[name] = None
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
for uri in {EVERY_KIND[:-1]!r}:
    print(open_source(SourceSpec(name="cloud", uri=uri)).reach().problem)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    needed = [f'needs the extra {one}: pip install "pdpo-audit[{one}]"' for one in ("webdav", "s3", "sftp", "smb")]
    assert [line.partition(": ")[2] for line in said] == needed


def test_a_store_on_the_mainland_is_read_once_somebody_agreed(library: Path, tmp_path: Path) -> None:
    with served(DavServer(library)) as server:
        login = tmp_path / "login"
        login.write_text(":".join(LOGIN), "utf-8")
        login.chmod(0o600)
        uri = server.uri.replace("env:DAV_LOGIN", f"file:{login}")
        workspace = declared(tmp_path / "audit", uri, 'jurisdiction = "Mainland China"\ninclude = ["a.jpg"]')
        server.forget()
        with pytest.raises(CallError, match="transfer of personal information out of the Mainland") as told:
            workspace.scan(OFF)
        assert "--yes" in told.value.advice and not server.asked
        workspace.scan(ScanOptions(workers=0, people="off", agreed=True))
        workspace.scan(OFF)
        events = [one.event for one in workspace.project.store.events()]
        assert [one.kind for one in events].count("possible transfer agreed") == 1
        assert events[0].details["sources"] == "cloud" and not events[-1].details["not_reached"]


def test_a_login_that_may_write_is_declared_only_where_that_is_said(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAV_LOGIN", ":".join(LOGIN))
    rights = b"<privilege><read/></privilege><privilege><write-content/></privilege><privilege><unbind/></privilege>"
    body = (
        b'<multistatus xmlns="DAV:" xmlns:oc="http://owncloud.org/ns"><response><href>/</href><propstat><prop>'
        b"<resourcetype><collection/></resourcetype><current-user-privilege-set>%s</current-user-privilege-set>"
        b"<oc:permissions>RGDNVCK</oc:permissions></prop><status>HTTP/1.1 200 OK</status></propstat>"
        b"</response></multistatus>" % rights
    )
    with served(DavServer(library)) as server:

        def fault(_: object, start: object) -> list[bytes]:
            start("207 Multi-Status", [("Content-Length", str(len(body)))])  # type: ignore[operator]
            return [body]

        server.fault = fault
        project = Workspace.create(tmp_path / "audit").project
        with pytest.raises(CallError, match="may do more than read: create, create folders, delete") as told:
            add_source(project, server.uri)
        assert "--may-write" in told.value.advice
        add_source(project, server.uri, may_write=True)
        (checked,) = check_sources(project)
        assert checked.reached and checked.beyond is not None and "write" in checked.beyond
        server.fault = None
        assert as_store(server.uri).reach().beyond is None


class _Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return "a:word" if (service, username) == ("audit-mail", "press@example.hk") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("nothing is written into a keyring")


def test_a_login_may_stand_in_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(_Ring())  # type: ignore[no-untyped-call]  # of the class that it is made from
    try:
        assert login_of("keyring:audit-mail/press@example.hk") == ("press@example.hk", "a:word")
        with pytest.raises(RefusedError, match="holds nothing for somebody of audit-mail"):
            login_of("keyring:audit-mail/somebody")
        monkeypatch.setitem(sys.modules, "keyring", None)
        with pytest.raises(RefusedError, match="needs the extra keyring"):
            login_of("keyring:audit-mail/press@example.hk")
    finally:
        monkeypatch.undo()
        keyring.set_keyring(before)


def test_a_reference_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").touch(0o600)
    (tmp_path / "word").write_text("word", "utf-8")
    (tmp_path / "word").chmod(0o600)
    for reference, told in (
        (f"file:{tmp_path / 'nothing'}", "cannot be read"),
        (f"file:{tmp_path / 'empty'}", "is empty"),
        (f"file:{tmp_path / 'word'}", "is no user:password"),
    ):
        with pytest.raises(RefusedError, match=told):
            login_of(reference)
