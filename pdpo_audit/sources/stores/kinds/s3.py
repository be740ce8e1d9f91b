"""Objects of a bucket (Amazon S3, Ceph, MinIO and others with its protocol): listed a thousand at a time, read by GET.

``s3://bucket/prefix/?endpoint=https://s3.example.hk&region=ap-east-1&credential=env:NAME``; the variable holds
``key id:secret`` (``:token`` may follow). Without a credential it is looked for where Amazon's own programs do
(``profile=NAME`` picks one of ``~/.aws``). An ``endpoint`` without TLS is refused but on this machine itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError, ProfileNotFound
from botocore.parsers import ResponseParserError

from pdpo_audit.model.locations.holdings import FileStat, SkipReason
from pdpo_audit.sources.stores.addresses import HERE, Address
from pdpo_audit.sources.stores.answers import (
    START,
    Found,
    Odd,
    PartlyRead,
    RefusedError,
    Unlisted,
    version,
)
from pdpo_audit.sources.stores.kinds.versions import Version, folders_of
from pdpo_audit.sources.stores.lines import PATIENCE, BusyError, Line
from pdpo_audit.sources.stores.secrets import secret_of

#: Objects and older versions of one store that are listed; more is an endless listing.
_MOST = 50_000_000
_NOT_TOLD = "whether there are older versions is not told to this login (s3:ListBucketVersions)"
#: Lines of one answer.
_PAGE = 1_000
#: Bytes of an object that a store without ranges may send at once.
_WITHOUT_RANGES = 400_000_000
#: An ETag that is the MD5 of an object: one that was uploaded in one part, and not encrypted with a key of KMS.
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')
_REASONS = {
    "AccessDenied": SkipReason.NO_PERMISSION, "NotImplemented": SkipReason.NO_PERMISSION,
    "NoSuchKey": SkipReason.VANISHED, "404": SkipReason.VANISHED,
    "NoSuchVersion": SkipReason.VANISHED, "PreconditionFailed": SkipReason.CHANGED_WHILE_READ,
    "412": SkipReason.CHANGED_WHILE_READ,
}  # fmt: skip
#: Codes that say that nobody gets in with this login, whatever is asked for.
_SHUT = frozenset({
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "NoSuchBucket", "401", "403",
})  # fmt: skip
#: Codes of a store that wants to be asked later.
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "Throttling", "RequestTimeout", "503", "500"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One answer of a listing: its lines, and where the next one begins; nowhere after the last."""

    lines: list[dict[str, Any]]
    following: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The objects of a bucket whose keys begin with ``prefix`` (empty, or with a slash at its end)."""

    name: str
    prefix: bytes
    endpoint: str
    line: Line[Any]
    #: Not empty where the login may list objects, and not their versions.
    without_versions: list[bool] = field(default_factory=list)

    def listings(self) -> Iterator[Found | Unlisted]:
        """Every folder; that a login may not see older versions is told beside the first."""
        for found in folders_of(self._versions()):
            if not found.folder and self.without_versions:
                found.odd.append(Odd(locator=b"*", reason=SkipReason.OLDER_VERSIONS, detail=_NOT_TOLD))
            yield found

    def _versions(self) -> Iterator[Version]:
        """Everything listed, by key, the newest first. Raises ``RefusedError``: keys out of order never end."""
        given, last = 0, b""
        for page in self._pages(_PAGE):
            for one in sorted((_version(line, self.prefix) for line in page.lines), key=lambda line: line.key):
                given += 1
                if one.key < last or given > _MOST:
                    raise RefusedError(SkipReason.NOT_REACHED, "its listing is out of order or never ends")
                last = one.key
                yield one

    def _pages(self, most: int) -> Iterator[_Page]:
        """The answers of a listing of ``most`` lines each, without versions where the login may not see them."""
        list_page, marks = _list_versions, dict[str, str]()
        self.without_versions.clear()
        while True:
            asked = {"Bucket": self.name, "Prefix": _text(self.prefix), "MaxKeys": most, **marks}
            try:
                page: _Page = self._asked(partial(list_page, asked=asked))
            except RefusedError as refused:
                if marks or self.without_versions or refused.reason is not SkipReason.NO_PERMISSION:
                    raise
                list_page = _list_objects
                self.without_versions.append(True)
                continue
            yield page
            if not page.following:
                return
            if page.following == marks or "" in page.following or not page.lines:
                raise RefusedError(SkipReason.NOT_REACHED, "its listing does not go on")
            marks = page.following

    def _asked(self, work: Callable[[Any], Any]) -> Any:
        """What the store answers. Raises ``RefusedError``."""

        def ask(client: Any) -> Any:
            try:
                return work(client)
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if code in _BUSY:
                    wished = str(
                        error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
                    )
                    raise BusyError(f"it is busy ({code})", float(wished) if wished.isdigit() else None) from error
                reason = SkipReason.NOT_REACHED if code in _SHUT else _REASONS.get(code, SkipReason.READ_ERROR)
                raise RefusedError(reason, f"the store answers {code or 'nothing that is understood'}") from error
            except NoCredentialsError as error:
                told = "no login is named by credential=, and none is where Amazon's programs look"
                raise RefusedError(SkipReason.NOT_REACHED, told) from error
            except ParamValidationError as error:
                raise RefusedError(SkipReason.NOT_REACHED, "the address names no bucket that could be") from error

        return self.line.ask(ask)

    def identity(self) -> str:
        """Endpoint, bucket and prefix."""
        next(self._pages(1))
        return f"{self.endpoint or 's3'}/{self.name}/{_text(self.prefix)}"

    def beyond(self) -> tuple[str, ...] | None:
        """Nobody is told: what a login may do stands in policies that it may not read."""
        return None

    def open(self, locator: bytes) -> PartlyRead:
        """The newest version of an object, with its start."""
        key = _text(self.prefix + locator)

        def ask(client: Any) -> tuple[dict[str, Any], bytes]:
            try:
                answer = client.get_object(Bucket=self.name, Key=key, Range=f"bytes=0-{START - 1}")
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in ("InvalidRange", "416"):
                    raise
                return client.head_object(Bucket=self.name, Key=key), b""  # an object without bytes has no range
            return answer, _body(answer, START if "ContentRange" in answer else _WITHOUT_RANGES)

        answer, start = self._asked(ask)
        size = int(answer.get("ContentRange", "").rpartition("/")[2] or answer["ContentLength"])
        stat = FileStat(size=size, modified_ns=_moment(answer), inode=version(locator, _tag(answer)))
        return PartlyRead(
            stat=stat, start=start, rest=lambda: self._rest(key, answer, stat, len(start)), check=self._check(answer)
        )

    def _rest(self, key: str, opened: dict[str, Any], stat: FileStat, had: int) -> bytes:
        def ask(client: Any) -> bytes:
            answer = client.get_object(
                Bucket=self.name,
                Key=key,
                Range=f"bytes={had}-",
                **({"IfMatch": tag} if (tag := opened["ETag"]) else {}),
            )
            if _moment(answer) != stat.modified_ns or _tag(answer) != _tag(opened):
                raise RefusedError(SkipReason.CHANGED_WHILE_READ, "")
            return _body(answer, stat.size - had)

        data: bytes = self._asked(ask)
        return data

    def _check(self, answer: dict[str, Any]) -> Callable[[bytes], bool]:
        """Whether bytes have the MD5 that the store tells: an ETag is one only where nothing encrypts by a key."""
        plain = answer.get("ServerSideEncryption", "") in ("", "AES256") if not self.endpoint else (
            not answer.get("ServerSideEncryption")
        )  # fmt: skip
        told = _MD5.fullmatch(_tag(answer))
        if not (plain and told) or answer.get("SSECustomerAlgorithm"):
            return lambda _: True
        return lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest() == told[1]

    def close(self) -> None:
        """Close the connections."""
        self.line.close()


def connect(address: Address) -> Bucket:
    """The bucket at an address. Raises ``RefusedError`` where its login cannot be had."""
    endpoint = address.options.get("endpoint", "")
    if endpoint and urlsplit(endpoint).scheme != "https" and urlsplit(endpoint).hostname not in HERE:
        raise RefusedError(
            SkipReason.NOT_REACHED, "its endpoint would be sent login and pictures in clear: use https://"
        )
    keys = secret_of(address.credential).split(":", 2) if address.credential else []
    if address.credential and len(keys) < 2:
        raise RefusedError(SkipReason.NOT_REACHED, f"what {address.credential} holds is no key:secret")

    def dial() -> Any:
        try:
            session = boto3.session.Session(
                *keys, region_name=address.options.get("region") or None,
                profile_name=address.options.get("profile") or None,
            )  # fmt: skip
            client = session.client("s3", endpoint_url=endpoint or None, config=_config(own=bool(endpoint)))
        except (ProfileNotFound, ValueError) as error:
            raise RefusedError(SkipReason.NOT_REACHED, str(error)) from error
        if endpoint:
            client.meta.events.register("before-parameter-build.s3.HeadBucket", _stay)
        return client

    prefix = address.path.removeprefix(b"/")
    return Bucket(
        name=address.host, prefix=prefix + b"/" if prefix else b"", endpoint=endpoint.rstrip("/"),
        line=Line(dial=dial, hang_up=lambda client: client.close(), broken=(BotoCoreError, ResponseParserError)),
    )  # fmt: skip


def _stay(**_: Any) -> None:
    """The library asks so for the region that a store leads it to. Of Amazon's own only."""
    raise RefusedError(SkipReason.NOT_REACHED, "the store leads elsewhere; nobody follows")


def _config(*, own: bool) -> Config:
    """How the library asks: once, for ``lines`` repeats what is worth it."""
    return Config(
        connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"mode": "standard", "total_max_attempts": 1},
        user_agent="pdpo-audit", response_checksum_validation="when_required",
        s3={"addressing_style": "path" if own else "auto"},
    )  # fmt: skip


def _list_versions(client: Any, asked: dict[str, Any]) -> _Page:
    said = client.list_object_versions(**asked)
    lines = [*said.get("Versions", ()), *({**one, "Deleted": True} for one in said.get("DeleteMarkers", ()))]
    marks = {"KeyMarker": said.get("NextKeyMarker"), "VersionIdMarker": said.get("NextVersionIdMarker")}
    return _Page(lines=lines, following=_following(said, marks))


def _list_objects(client: Any, asked: dict[str, Any]) -> _Page:
    said = client.list_objects_v2(**asked)
    lines = [{**one, "IsLatest": True} for one in said.get("Contents", ())]
    return _Page(lines=lines, following=_following(said, {"ContinuationToken": said.get("NextContinuationToken")}))


def _following(said: dict[str, Any], marks: dict[str, str | None]) -> dict[str, str]:
    """Where the next answer begins. One that says that there is more, and not where, goes on nowhere."""
    return {name: mark for name, mark in marks.items() if mark} or {"": ""} if said.get("IsTruncated") else {}


def _version(line: dict[str, Any], prefix: bytes) -> Version:
    """A line of a listing. Raises ``RefusedError``: it leads out of what was asked for."""
    key = line["Key"].encode("utf-8", "surrogatepass")
    if not key.startswith(prefix):
        raise RefusedError(SkipReason.NOT_REACHED, "its listing leads elsewhere")
    return Version(
        key=key[len(prefix) :], size=int(line.get("Size", 0)), modified_ns=_moment(line), tag=_tag(line),
        latest=bool(line.get("IsLatest")), deleted="Deleted" in line,
    )  # fmt: skip


def _body(answer: dict[str, Any], most: int) -> bytes:
    """The bytes that were asked for. Raises ``RefusedError`` where more come."""
    data: bytes = answer["Body"].read(most + 1)
    answer["Body"].close()
    if len(data) > most:
        raise RefusedError(SkipReason.TOO_LARGE, f"the store sends more than the {most} bytes it announced")
    return data


def _moment(answer: dict[str, Any]) -> int:
    at = answer.get("LastModified")
    return int(at.timestamp()) * 1_000_000_000 if at else 0


def _tag(answer: dict[str, Any]) -> str:
    return str(answer.get("ETag", "")).strip('"')


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")
