"""A cluster of other machines: what runs there comes out as here, and who is not fit gets no work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster, Security

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.execution import Bounds, WorkerDied, map_bounded, open_cluster, unheard
from pdpo_audit.execution.cluster import Cluster
from pdpo_audit.model.locations.executors import ExecutorPlace, Tls, read_executor
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.tables import Table
from pdpo_audit.people.detectors.engines import DetectorSpec
from pdpo_audit.sources.filesystem import FolderSource
from pdpo_audit.workers.checking import Engines, Fitness, probes_of, traits_of
from pdpo_audit.workspace.exporting import table_frame
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan.cluster import examine_cluster
from tests.execution.test_execution import batches, double_or_die, run
from tests.execution.test_guards import GIGABYTE, tried
from tests.workspace.library import make_library
from tests.workspace.test_people import portrait

Check = Callable[[], list[str]]
#: Checks that need nothing to be loaded where they are made: nothing is wrong, or one thing.
FIT: Check = list
UNFIT: Check = partial(list, ("numpy is 1, and 2 where the work comes from",))


def end_worker_once(marker: Path) -> str:
    """Kill the Dask worker below which this runs (child, fork server, worker), the first time."""
    if not marker.exists():
        marker.touch()
        psutil.Process().parent().parent().kill()
        time.sleep(60)
    return "done"


def hog() -> str:
    return str(len(bytearray(4 * GIGABYTE)))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A scheduler on this machine with one worker of two threads, in a process of its own below a nanny."""
    with LocalCluster(
        n_workers=1, threads_per_worker=2, host="127.0.0.1", protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def cluster(scheduler: str) -> Iterator[Cluster]:
    told: list[str] = []
    with open_cluster(scheduler, bounds=Bounds(memory=GIGABYTE), check=FIT, told=told.append) as opened:
        opened.open()
        (said,) = told
        assert said.startswith(
            f"Cluster {scheduler.replace('dask', 'tcp')}: 1 worker, 2 batches at once; dashboard: http"
        )
        yield opened


def test_results_come_in_order_and_a_hostile_item_costs_only_itself(cluster: Cluster) -> None:
    assert run(cluster, range(50)) == [2 * item for item in range(50)]
    lost: dict[int, SkipReason] = {}

    def record(item: int, death: WorkerDied) -> int:
        lost[item] = death.problem.reason
        return -1

    found = map_bounded(cluster, double_or_die, batches(range(12), 4), in_flight=3, lost=record, note=unheard)
    assert [one for batch in found for one in batch] == [-1 if item in (5, 7) else 2 * item for item in range(12)]
    assert lost == {5: SkipReason.DECODER_CRASHED, 7: SkipReason.TIMED_OUT}
    assert len(cluster.workers()) == 1, "the worker itself did not end"


def test_memory_is_bounded_there(cluster: Cluster) -> None:
    assert cluster.submit(tried, hog).result() == "limit: too_large: needs more memory than a worker may use"


def test_what_a_worker_did_that_went_away_is_done_again(cluster: Cluster, tmp_path: Path) -> None:
    going, later = cluster.submit(end_worker_once, tmp_path / "marker"), cluster.submit(abs, -2)
    assert (going.result(timeout=60), later.result(timeout=60)) == ("done", 2)
    assert [one.problems for one in cluster.workers()] == [()]


def test_a_worker_that_is_not_fit_gets_no_work(scheduler: str) -> None:
    with open_cluster(scheduler, check=UNFIT, told=print) as cluster:
        with pytest.raises(MachineError, match=r"tcp://.* cannot be used: numpy is 1, and 2 where the work comes from"):
            cluster.open()
        with pytest.raises(MachineError, match="numpy is 1"):
            cluster.submit(os.getpid).result()


def test_what_is_asked_of_workers(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a.jpg").write_bytes(b"one")
    source = FolderSource(name="nas", root=os.fsencode(tmp_path / "here"))
    engines = Engines(detector=DetectorSpec())
    fitness = Fitness(traits=traits_of(engines), engines=engines, probes=probes_of(source))
    assert fitness() == []
    (tmp_path / "here" / "a.jpg").write_bytes(b"two")
    assert fitness() == ['source "nas": another file lies there at the same place']
    (tmp_path / "here" / "a.jpg").unlink()
    assert "is not reached there" in fitness()[0]
    traits = tuple((name, "0" if name == "pdpo-audit" else value) for name, value in fitness.traits)
    (told,) = Fitness(traits=traits, engines=engines, probes=())()
    assert told.startswith("pdpo-audit is ") and told.endswith("and 0 where the work comes from")
    missing = Engines(detector=DetectorSpec(name="yunet", yunet="/nowhere"))
    assert len(Fitness(traits=fitness.traits, engines=missing, probes=())()) == 2


def test_with_tls_only_who_has_the_certificate_is_spoken_with(tmp_path: Path) -> None:
    security = Security.temporary()
    files = {}
    for name, pem in (
        ("ca", security.tls_ca_file), ("certificate", security.tls_client_cert), ("key", security.tls_client_key),
    ):  # fmt: skip
        files[name] = str(tmp_path / name)
        Path(files[name]).write_text(str(pem))
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, host="127.0.0.1", protocol="tls://", security=security,
        dashboard_address="127.0.0.1:0",
    ) as secured:  # fmt: skip
        address = secured.scheduler_address.replace("tls://", "dask+tls://")
        with open_cluster(address, check=FIT, tls=Tls(**files), told=print) as cluster:
            assert cluster.submit(abs, -3).result() == 3
        with pytest.raises(MachineError, match="does not answer"):
            open_cluster(address, check=FIT, told=print)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("serial", ExecutorPlace(workers=1)),
        ("processes", ExecutorPlace()),
        ("processes:8", ExecutorPlace(workers=8)),
        ("dask://localhost", ExecutorPlace(address="tcp://localhost:8786")),
        ("dask://[::1]:99", ExecutorPlace(address="tcp://[::1]:99")),
        ("dask+tls://audit.example.hk:8786", ExecutorPlace(address="tls://audit.example.hk:8786")),
    ],
)
def test_executors_by_name(text: str, place: ExecutorPlace) -> None:
    assert read_executor(text) == place


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("dask://10.0.0.5:8786", "without TLS"),
        ("dask://localhost.example.hk", "without TLS"),
        ("dask+tls://user:secret@host:8786", "no address of a scheduler"),
        ("dask+tls://host:8786/path", "no address of a scheduler"),
        ("dask+tls://host:port", "[Pp]ort"),
        ("dask+tls://", "no address of a scheduler"),
        ("ray://host", "names no executor"),
        ("processes:0", "names no executor"),
    ],
)
def test_what_is_no_executor_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_executor(text)
    with pytest.raises(CallError):
        open_cluster(text, check=FIT, told=print)


def audited(folder: Path, share: Path, executor: str) -> dict[str, str]:
    """The exported tables of a scan by an executor."""
    workspace = Workspace.create(folder)
    with workspace.project.settings_path.open("a") as settings:
        settings.write(f'\n[execution]\nexecutor = "{executor}"\n')
    workspace.project.reload()
    workspace.project.clock = lambda: datetime(2026, 11, 30, tzinfo=UTC)
    workspace.add(share)
    try:
        summary = workspace.scan(ScanOptions())
        assert summary.examined.files and summary.people and summary.people.faces
        assert not summary.examined.faults
        wanted = (Table.HOLDINGS, Table.CLUSTERS, Table.LINKS, Table.PEOPLE, Table.SKIPPED)
        return {one.value: table_frame(workspace.project, one).to_csv() for one in wanted}
    finally:
        workspace.close()


def test_a_scan_by_a_cluster_leaves_the_same_tables(
    tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_library(tmp_path / "share", 6, copies=2)
    portrait().save(tmp_path / "share" / "collins.jpg")
    portrait().resize((300, 300)).save(tmp_path / "share" / "small.png")
    here = audited(tmp_path / "here", tmp_path / "share", "processes:1")
    monkeypatch.delattr("pdpo_audit.execution.open_executor")  # nothing is done here any more
    there = audited(tmp_path / "there", tmp_path / "share", scheduler)
    assert there == here
    assert [(one.well, one.finding) for one in examine_cluster(tmp_path / "there")] == [
        (True, "the scheduler answers"),
        (True, "2 batches at once; same program and engines; 1 source reached"),
    ]
    with pytest.raises(CallError, match="name no cluster"):
        examine_cluster(tmp_path / "here")
