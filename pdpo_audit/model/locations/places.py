"""Where a file lies, said so that any machine that reaches its source can open it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import unquote, urlparse


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """A declared source: its ``name``, its ``uri`` (a folder's absolute path, or a URI with its scheme) and patterns.

    Nothing in it is secret: credentials are looked up by name where the source is opened.
    """

    name: str
    uri: str
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        """The scheme by which the source is opened; ``file`` for a path."""
        scheme, colon, _ = self.uri.partition("://")
        return scheme.lower() if colon else "file"

    @property
    def path(self) -> str:
        """The path that the address names, without its escapes where it is a URI."""
        return unquote(urlparse(self.uri).path) if "://" in self.uri else self.uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One file of a source: the ``source`` (name) and its ``uri``, the ``locator`` in it, and the chain of ``members``.

    ``members`` leads into a file that holds others, from outside to inside; its bytes are those of the last member.
    Pages of a TIFF are no members: they are read from the bytes of their file.
    """

    source: str
    uri: str
    locator: bytes
    members: tuple[bytes, ...] = ()
    #: The bytes themselves, of a picture that somebody shows and that lies nowhere.
    content: bytes | None = None

    @classmethod
    def of_file(cls, path: bytes) -> Place:
        """A file of this machine that belongs to no source."""
        folder, _, name = os.path.abspath(path).rpartition(b"/")  # noqa: PTH100 - a path of any bytes, and links stay
        return cls(source="", uri=os.fsdecode(folder or b"/"), locator=name)

    @classmethod
    def of_bytes(cls, content: bytes) -> Place:
        """A picture that lies nowhere: it travels with its place, and no disk sees it."""
        return cls(source="", uri="", locator=b"", content=content)
