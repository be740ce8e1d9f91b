"""How long stores without a mount take to list, against the plainest client of the same kind.

    python benchmarks/store_listings.py [--files 100000] [--kinds s3 smb]

S3: pages of a thousand keys from a server that makes them up, against a walk with boto3's own ``list_object_versions``.
SMB: files in a share of Samba (has to run as root), against ``smbclient``'s recursive ``ls``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3

from pdpo_audit.model.locations.holdings import FolderListing
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
from tests.stores.http_servers import HttpStore, served
from tests.stores.samba import LOGIN, samba

#: Times that the plainest client may take.
BAR = 3.0
_FOLDER = 500


def pages(files: int) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A bucket of so many objects, made up as they are listed."""

    def answer(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        asked = parse_qs(environment["QUERY_STRING"])
        first = int(asked["key-marker"][0][-12:-4]) + 1 if "key-marker" in asked else 0
        most = min(files, first + int(asked["max-keys"][0]))
        lines = "".join(
            f"<Version><Key>{_key(number)}</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><Size>{number}</Size>"
            f'<LastModified>2024-05-01T00:00:00.000Z</LastModified><ETag>"{number:032x}"</ETag></Version>'
            for number in range(first, most)
        )
        on = f"<IsTruncated>true</IsTruncated><NextKeyMarker>{_key(most - 1)}</NextKeyMarker>" if most < files else ""
        body = f"<ListVersionsResult>{lines}{on or '<IsTruncated>false</IsTruncated>'}</ListVersionsResult>".encode()
        start("200 OK", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def _key(number: int) -> str:
    return f"{number // _FOLDER:06}/{number:08}.jpg"


def list_source(uri: str) -> tuple[int, float]:
    """Files and seconds of a listing of ours."""
    source, began = open_source(SourceSpec(name="store", uri=uri)), time.perf_counter()
    files = sum(len(one.entries) for one in source.folders() if isinstance(one, FolderListing))
    return files, time.perf_counter() - began


def measure_s3(files: int) -> None:
    os.environ["BENCHMARK_LOGIN"] = "key:secret"
    with served(HttpStore(pages(files))) as server:
        endpoint = f"http://127.0.0.1:{server.port}"
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="ap-east-1", aws_access_key_id="key",
            aws_secret_access_key="secret",
        )  # fmt: skip
        began = time.perf_counter()
        walk = client.get_paginator("list_object_versions").paginate(
            Bucket="bucket", PaginationConfig={"PageSize": 1000}
        )
        plain = sum(len(page["Versions"]) for page in walk), time.perf_counter() - began
        told(
            "S3",
            plain,
            list_source(f"s3://bucket/?endpoint={endpoint}&region=ap-east-1&credential=env:BENCHMARK_LOGIN"),
        )


def measure_smb(files: int) -> None:
    os.environ["BENCHMARK_LOGIN"] = LOGIN
    with tempfile.TemporaryDirectory() as folder:
        for number in range(files):
            path = Path(folder) / _key(number)
            if not number % _FOLDER:
                path.parent.mkdir()
            path.touch()
        with samba(Path(folder)) as server:
            user, _, password = LOGIN.partition(":")
            began = time.perf_counter()
            said = subprocess.run(
                ["smbclient", "//127.0.0.1/photos", "-p", str(server.port), "-U", f"{user}%{password}", "-c",
                 "recurse; ls"], capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            plain = said.count(".jpg "), time.perf_counter() - began
            told("SMB", plain, list_source(f"smb://127.0.0.1:{server.port}/photos?credential=env:BENCHMARK_LOGIN"))


def told(kind: str, plain: tuple[int, float], ours: tuple[int, float]) -> None:
    if plain[0] != ours[0]:
        raise SystemExit(f"{kind}: {ours[0]} files listed of {plain[0]}")
    ratio = ours[1] / plain[1]
    print(f"{kind}: {ours[0]:,} files in {ours[1]:.1f} s, {ratio:.2f} times the plainest client's {plain[1]:.1f} s")
    if ratio > BAR:
        raise SystemExit(f"{kind}: more than {BAR:g} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--kinds", nargs="+", choices=("s3", "smb"), default=("s3", "smb"))
    chosen = parser.parse_args()
    for kind in chosen.kinds:
        (measure_s3 if kind == "s3" else measure_smb)(chosen.files)


if __name__ == "__main__":
    main()
