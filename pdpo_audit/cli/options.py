"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[list[Path] | None, typer.Argument(help="Folders that hold pictures.", show_default=False)]
WorkspaceDir = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace (default: the nearest one from here upwards)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more, and show where an unexpected error arose.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but data and errors.")]
Workers = Annotated[
    int | None,
    typer.Option(min=0, help="Worker processes (default: one a core, as many as fit into memory).", show_default=False),
]
Compared = Annotated[
    bool, typer.Option("--compare-metadata", help="Also say what sorting by metadata would have got wrong.")
]
Agreed = Annotated[
    bool, typer.Option("--yes", help="Agree to what is told before stores on the Mainland are read (recorded).")
]
MaxSkipped = Annotated[
    int | None,
    typer.Option(min=0, help="Exit with 3 when more than this many files were not examined.", show_default=False),
]

PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the passphrase or PIN.", show_default=False)
]
KeyCertificate = Annotated[
    Path | None,
    typer.Option(help="The key's certificate (PEM, issuers may follow), where it is not with it.", show_default=False),
]


NoSeal = Annotated[
    bool, typer.Option("--no-seal", help="Seal with a throw-away key, without asking: a draft that says so.")
]


class PeopleScope(StrEnum):
    """Which pictures the face pass reads."""

    ALL = "all"
    DUPLICATES = "duplicates"
    OFF = "off"


class Level(StrEnum):
    """How far copies may differ from each other."""

    EXACT = "exact"
    PIXEL = "pixel"
    NEAR = "near"
    METADATA = "metadata"


class FailOn(StrEnum):
    """From which severity on findings make the command exit with 1."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    OBSERVATION = "observation"


Thorough = Annotated[bool, typer.Option("--thorough", help="Look longer for small crops and faces.")]
Gentle = Annotated[bool, typer.Option("--gentle", help="Work at low priority.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Read at most so many files now.", show_default=False)]
Levels = Annotated[
    Level | None,
    typer.Option(help="How far copies may differ; metadata only sorts names, sizes, dates.", show_default=False),
]
Crops = Annotated[
    bool | None,
    typer.Option("--crops/--no-crops", help="Whether crops and screenshots are looked for.", show_default=False),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="List, read a sample, say how long a scan takes; record nothing.")
]
ShardPart = Annotated[
    str, typer.Option("--shard", metavar="K/N", help="Scan the K-th of N parts, and write a sealed shard for a merge.")
]
Masked = Annotated[bool, typer.Option("--masked", help="In the shard: codes instead of names of places, and no texts.")]
People = Annotated[PeopleScope | None, typer.Option(help="Face pass over all pictures, duplicates only, or off.")]
Fail = Annotated[
    FailOn | None,
    typer.Option("--fail-on", help="Exit with 1 when a finding is at least this severe (default: never)."),
]
