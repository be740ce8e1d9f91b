"""A bucket gives what the folder behind it gives; what a plain deletion leaves is told; only questions are sent."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, SkipReason
from pdpo_audit.ports import ReachableSource
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.kinds import s3
from tests.stores.http_servers import S3Server, Start, served
from tests.stores.libraries import OFF, Tables, as_store, declared, listed, tables_of

LOGIN = ("AKIAEXAMPLE", "a/secret+key")


@pytest.fixture(scope="module")
def running(library: Path) -> Iterator[S3Server]:
    with served(S3Server()) as server:
        asked = client(server)
        for name, more in (("kept", {"ObjectLockEnabledForBucket": True}), ("plain", {})):
            asked.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-east-1"}, **more)
        for file in sorted(one for one in library.rglob("*") if one.is_file()):
            key = f"photos/{file.relative_to(library)}"
            if file.name == "a.jpg":
                asked.put_object(Bucket="kept", Key=key, Body=b"what it was")
            asked.put_object(Bucket="kept", Key=key, Body=file.read_bytes())
            asked.put_object(Bucket="plain", Key=key, Body=file.read_bytes())
        asked.put_object(Bucket="kept", Key="photos/sub/gone.jpg", Body=b"deleted, and kept")
        asked.delete_object(Bucket="kept", Key="photos/sub/gone.jpg")
        asked.put_object_retention(
            Bucket="kept", Key="photos/sub/b c.jpg",
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)},
        )  # fmt: skip
        asked.put_object(Bucket="kept", Key="photos/sub/", Body=b"")
        asked.put_object(Bucket="kept", Key="photosets/other.jpg", Body=b"of another prefix")
        yield server


@pytest.fixture
def server(running: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    monkeypatch.setenv("S3_LOGIN", ":".join(LOGIN))
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    running.forget()
    return running


def client(server: S3Server) -> Any:
    return boto3.client(
        "s3", endpoint_url=server.endpoint, region_name="ap-east-1", aws_access_key_id=LOGIN[0],
        aws_secret_access_key=LOGIN[1],
    )  # fmt: skip


def uri(server: S3Server, bucket: str = "kept", credential: str = "env:S3_LOGIN") -> str:
    return f"s3://{bucket}/photos/?endpoint={server.endpoint}&region=ap-east-1&credential={credential}"


def source(server: S3Server, bucket: str = "plain", **more: Any) -> ReachableSource:
    return as_store(uri(server, bucket), **more)


def test_a_scan_gives_the_tables_of_the_folder_and_a_second_one_is_one_listing(
    server: S3Server, tables: Tables, tmp_path: Path
) -> None:
    login = tmp_path / "login"
    login.write_text(":".join(LOGIN), "utf-8")
    login.chmod(0o600)
    workspace = declared(tmp_path / "audit", uri(server, credential=f"file:{login}"))
    workspace.scan(OFF)
    assert tables_of(workspace) == tables
    skipped = workspace.table("skipped")
    older = {row.path: row.detail for row in skipped[skipped["reason"] == "older_versions"].itertuples()}
    assert older == {
        "a.jpg": "1 older version (11 bytes)",
        "sub/gone.jpg": "1 older version (17 bytes) and 1 mark of a deletion",
    }
    assert set(server.asked) <= {"GET", "HEAD"}
    server.forget()
    assert workspace.scan(OFF).examined.files == 0
    assert set(server.asked) == {"GET"} and {path.strip("/") for path in server.paths} == {"kept"}


def test_it_lists_every_page_and_gives_every_byte(
    server: S3Server, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "_PAGE", 2)
    here = {str(one.relative_to(library)).encode(): one.read_bytes() for one in library.rglob("*") if one.is_file()}
    for bucket in ("plain", "kept"):
        there = source(server, bucket)
        states = {
            (one.folder + b"/" if one.folder else b"") + name: (size, modified, token)
            for one in there.folders() if isinstance(one, FolderListing)
            for name, size, modified, token in one.entries
        }  # fmt: skip
        assert set(states) == set(here) and len({state[2] for state in states.values()}) == len(here)
        for place, data in here.items():
            opened = there.open(place)
            assert (opened.stat.size, opened.stat.modified_ns, opened.stat.inode) == states[place]
            assert opened.whole() == data and opened.head(10) == data[:10]


def listed_files(found: ReachableSource) -> dict[bytes, tuple[int, int]]:
    return {
        (one.folder + b"/" if one.folder else b"") + name: (size, modified)
        for one in found.folders() if isinstance(one, FolderListing)
        for name, size, modified, _ in one.entries
    }  # fmt: skip


def test_a_login_that_may_not_list_versions_lists_objects_and_is_told(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(environment: dict[str, Any], start: Start) -> list[bytes] | None:
        if "versions" not in environment["QUERY_STRING"]:
            return None
        body = b"<Error><Code>AccessDenied</Code></Error>"
        start("403 Forbidden", [("Content-Length", str(len(body)))])
        return [body]

    whole = listed(source(server, "kept"))
    monkeypatch.setattr(s3, "_PAGE", 3)
    server.fault = fault
    there = source(server, "kept")
    assert listed(there) == whole and there.reach().problem == ""
    (told,) = [one for one in there.folders() if isinstance(one, Skipped)]
    assert (told.ref.path, told.reason) == ("*", SkipReason.OLDER_VERSIONS) and "not told" in told.detail


def test_a_first_listing_that_breaks_off_is_not_reached_and_the_next_scan_goes_on(
    server: S3Server, tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(environment: dict[str, Any], start: Start) -> list[bytes] | None:
        if "key-marker" not in environment["QUERY_STRING"]:
            return None
        start("503 Service Unavailable", [("Content-Length", "0")])
        return [b""]

    login = tmp_path / "login"
    login.write_text(":".join(LOGIN), "utf-8")
    login.chmod(0o600)
    monkeypatch.setattr(s3, "_PAGE", 3)
    monkeypatch.setattr(lines, "DOWN", 0.0)
    server.fault = fault
    workspace = declared(tmp_path / "audit", uri(server, "plain", credential=f"file:{login}"))
    first = workspace.scan(OFF)
    assert [one.doubt.value for one in first.not_reached] == ["missing"] and not first.whole
    assert "does not answer" in first.not_reached[0].words() and first.examined.files == 0
    server.fault = None
    assert workspace.scan(OFF).whole and tables_of(workspace) == tables


def test_a_busy_store_is_asked_again(server: S3Server) -> None:
    draws = random.Random(5)

    def fault(_: dict[str, Any], start: Start) -> list[bytes] | None:
        if draws.random() >= 0.3:
            return None
        body = b"<Error><Code>SlowDown</Code></Error>"
        start("503 Slow Down", [("Retry-After", "0"), ("Content-Length", str(len(body)))])
        return [body]

    server.fault = fault
    assert len(listed(source(server))) == 8 and source(server).open(b"a.jpg").whole()


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "ExpiredToken", "SignatureDoesNotMatch"])
def test_a_login_that_ended_is_not_reached_and_not_tried_for_every_file(server: S3Server, code: str) -> None:
    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        body = f"<Error><Code>{code}</Code></Error>".encode()
        start("403 Forbidden", [("Content-Length", str(len(body)))])
        return [body]

    there = source(server)
    opened = there.open(b"notes.txt")
    server.forget()
    server.fault = fault
    with pytest.raises(ImageProblem) as refused:
        opened.whole()
    assert refused.value.reason is SkipReason.NOT_REACHED and code in refused.value.detail
    assert there.identity() is None and code in there.reach().problem
    assert server.asked.total() == 1


def test_an_object_that_changes_between_two_reads_is_no_mixture(server: S3Server) -> None:
    there, asked = source(server), client(server)
    asked.put_object(Bucket="plain", Key="photos/z.bin", Body=b"x" * 200_000)
    opened = there.open(b"z.bin")
    asked.put_object(Bucket="plain", Key="photos/z.bin", Body=b"y" * 200_000)
    with pytest.raises(ImageProblem) as changed:
        opened.whole()
    assert changed.value.reason is SkipReason.CHANGED_WHILE_READ
    asked.delete_object(Bucket="plain", Key="photos/z.bin")
    with pytest.raises(ImageProblem) as gone:
        there.open(b"z.bin")
    assert gone.value.reason is SkipReason.VANISHED


def test_bytes_that_are_not_those_of_the_checksum_are_told(server: S3Server) -> None:
    def fault(environment: dict[str, Any], start: Start) -> list[bytes] | None:
        if not environment["PATH_INFO"].endswith("a.jpg"):
            return None
        start("206 Partial", [
            ("Content-Length", "5"), ("Content-Range", "bytes 0-4/5"), ("ETag", '"0cc175b9c0f1b6a831c399e269772661"'),
        ])  # fmt: skip
        return [b"other"]

    server.fault = fault
    with pytest.raises(ImageProblem, match="checksum"):
        source(server).open(b"a.jpg").whole()


def page(*keys: str, more: str = "") -> bytes:
    listed = "".join(
        f"<Version><Key>{key}</Key><IsLatest>true</IsLatest><Size>5</Size><ETag>x</ETag></Version>" for key in keys
    )
    on = f"<IsTruncated>true</IsTruncated>{more}" if more else "<IsTruncated>false</IsTruncated>"
    return f"<ListVersionsResult>{listed}{on}</ListVersionsResult>".encode()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (page("photos/b.jpg", more="<NextKeyMarker>photos/b.jpg</NextKeyMarker>"), "does not go on"),
        (page("photos/b.jpg", "elsewhere/a.jpg"), "leads elsewhere"),
        (page(more="<NextKeyMarker>x</NextKeyMarker>"), "does not go on"),
        (b"no xml", "does not answer"),
    ],
)
def test_a_hostile_listing_is_told_and_ends(server: S3Server, body: bytes, told: str) -> None:
    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    server.fault = fault
    *_, found = source(server).folders()
    assert isinstance(found, Skipped) and told in found.detail and found.reason is SkipReason.NOT_REACHED
    assert server.asked.total() <= lines.TRIES


def test_keys_that_lead_elsewhere_are_no_files(server: S3Server) -> None:
    outside = ("photos/../etc/passwd", "photos//a.jpg", "photos/a/./b.jpg", "photos/sub/")
    body = page(*sorted((*outside, "photos/good.jpg", "photos/two//slashes.jpg")))

    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    server.fault = fault
    found = list(source(server).folders())
    odd = [one for one in found if isinstance(one, Skipped)]
    assert [one.reason for one in odd] == [SkipReason.SPECIAL_FILE] * len(outside)
    assert not any(b"/" in one.ref.locator for one in odd)
    assert set(listed_files(source(server))) == {b"good.jpg", b"two//slashes.jpg"}


def test_redirects_are_not_followed(server: S3Server) -> None:
    def fault(_: dict[str, Any], start: Start) -> list[bytes]:
        start("307 Temporary Redirect", [("Location", f"{server.endpoint}/elsewhere"), ("Content-Length", "0")])
        return [b""]

    server.fault = fault
    assert "leads elsewhere" in source(server).reach().problem
    assert server.paths in (["/plain"], ["/plain/"])


def test_an_endpoint_without_encryption_is_refused_elsewhere() -> None:
    assert "in clear" in as_store("s3://bucket/?endpoint=http://s3.example.hk").reach().problem
