"""Where the workspace remembers, what is kept how long, and what the work may use."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from pdpo_audit.model.locations.executors import read_executor
from pdpo_audit.settings.sections import PeriodText, Section


class KeepSettings(Section):
    """How long the program's own data is kept; ``purge`` ends it."""

    reports: PeriodText = "P7Y"
    log_details: PeriodText = "P7Y"
    backups: PeriodText = "P90D"
    handouts: PeriodText = "P90D"
    access_log: PeriodText = "P1Y"


def _reference(value: object) -> object:
    if isinstance(value, str) and value and not re.fullmatch(r"(env|file):.+", value):
        raise ValueError("say where the password is (env:VARIABLE or file:PATH); the settings never hold it itself")
    return value


SecretReference = Annotated[str, BeforeValidator(_reference)]


class CatalogueSettings(Section):
    """Where the workspace remembers, and when it forgets."""

    url: str = "sqlite:///catalogue.db"
    #: Who owns the tables on PostgreSQL; the program itself then cannot change the event log. Makes, upgrades, purges.
    owner_url: str = ""
    #: Where the passwords of both are, if not in PostgreSQL's own variables and password file: the settings hold none.
    password: SecretReference = ""
    owner_password: SecretReference = ""
    delete_after_sign_off: PeriodText = "P90D"
    keep: KeepSettings = KeepSettings()


class LimitSettings(Section):
    """Bounds against hostile or absurd files."""

    max_pixels: int = Field(default=300_000_000, gt=0)
    max_file_bytes: int = Field(default=2 * 1024**3, gt=0)
    seconds_per_file: float = Field(default=60.0, gt=0)


def _bytes(value: object) -> object:
    """A size as people write it (``2 GB``, ``1.5 GiB``, ``800 MB``) in bytes; anything else as it is."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B\s*", value) if isinstance(value, str) else None
    if found is None:
        return value
    return int(float(found[1]) * (1024 if found[3] else 1000) ** " kMGT".index(found[2] or " "))


def _named(value: str) -> str:
    read_executor(value)
    return value


class ClusterTlsSettings(Section):
    """PEM files by which a cluster and this program know each other; empty where Dask's own settings name them."""

    ca: str = ""
    certificate: str = ""
    key: str = ""


class ExecutionSettings(Section):
    """Where the work is done: ``executor`` is ``processes`` (one a core), ``processes:N``, ``serial`` or the scheduler
    of a Dask cluster.

    What workers may use: ``worker_memory`` is the address space of each of them, ``2 GB`` or a count of bytes.
    A source that lost a larger share of its files than ``source_loss`` counts as not reached until a person accepts it;
    ``source_loss_files`` files may go whatever their share, as long as half of the source is there: a person's act.
    """

    executor: Annotated[str, AfterValidator(_named)] = "processes"
    tls: ClusterTlsSettings = ClusterTlsSettings()
    #: What an hour of the machines that do the work costs, for ``scan --dry-run``.
    cost_hkd_per_hour: float | None = Field(default=None, ge=0)
    worker_memory: Annotated[int, BeforeValidator(_bytes), Field(ge=1_000_000_000)] = 2_000_000_000
    source_loss: float = Field(default=0.10, ge=0, le=1)
    source_loss_files: int = Field(default=5, ge=0)
