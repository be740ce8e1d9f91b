"""A scan by a Dask cluster, undisturbed and with everything killed, against the same scan by local processes.

The library is mixed: photographs, portraits, forms, documents and damaged files of the samples, each copied, cut,
resized and saved again. Scheduler and workers are programs of their own on this machine, with TLS. Undisturbed, the
exported tables have to be those of the local scan, byte for byte, and cost at most 1.25 times the CPU. Then a worker is
killed every 20 seconds, the scheduler once and the main process once: after the command was called again the tables are
the same.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from distributed import Security
from PIL import Image

from benchmarks.recording import ROOT, Run, recorded

WATCHED = ("pdpo_audit/execution/*.py", "pdpo_audit/workers/checking.py", "pdpo_audit/workspace/executing/*.py")
TABLES = ("holdings", "clusters", "links", "people", "skipped")
_PROGRAM = [sys.executable, "-m", "pdpo_audit"]


def make_library(share: Path, files: int, seed: int) -> None:
    """So many files, made of the samples."""
    chance = random.Random(seed)
    originals = sorted(one for one in (ROOT / "samples" / "library").rglob("*") if one.is_file())
    for number in range(files):
        source = originals[number % len(originals)]
        folder = share / f"set{number % 12}"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{number:05}-{source.name}"
        if number < len(originals) or not _varied(source, target, chance):
            shutil.copy(source, target)


def _varied(source: Path, target: Path, chance: random.Random) -> bool:
    """The same picture cut, resized and saved again; nothing where it is no picture that Pillow opens."""
    try:
        with Image.open(source) as image:
            picture = image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    width, height = picture.size
    left, top = (int(side * chance.uniform(0, 0.12)) for side in (width, height))
    cut = picture.crop((left, top, width - chance.randint(0, 9), height - chance.randint(0, 9)))
    scale = chance.uniform(0.6, 1.0)
    size = (max(16, int(cut.width * scale)), max(16, int(cut.height * scale)))
    cut.resize(size).save(target.with_suffix(".jpg"), quality=chance.randint(60, 95))
    return True


@dataclass(slots=True)
class Cost:
    """CPU seconds of this process's descendants: the most that was seen of each, less what it had at the beginning."""

    seen: dict[tuple[int, float], float] = field(default_factory=dict)
    before: dict[tuple[int, float], float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self._over.wait(0.25):
            self.look()

    def look(self) -> None:
        with suppress(psutil.Error):
            for one in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    times = one.cpu_times()
                    self.seen[one.pid, one.create_time()] = times.user + times.system

    @property
    def seconds(self) -> float:
        return sum(spent - self.before.get(process, 0.0) for process, spent in self.seen.items())


@contextmanager
def costing() -> Iterator[Cost]:
    """CPU seconds while the block lasts."""
    cost = Cost()
    cost.look()
    cost.before = dict(cost.seen)
    thread = threading.Thread(target=cost.watch, daemon=True)
    thread.start()
    yield cost
    cost._over.set()
    thread.join()


@dataclass(slots=True)
class Hosts:
    """A scheduler and its workers, each a program of its own."""

    base: Path
    port: int
    workers: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def certificates(self) -> None:
        """One certificate for everybody, as a test has it."""
        security = Security.temporary()
        files = {"ca": security.tls_ca_file, "cert": security.tls_client_cert, "key": security.tls_client_key}
        for name, pem in files.items():
            (self.base / f"{name}.pem").write_text(str(pem))

    def _tls(self) -> list[str]:
        files = {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}
        return [text for option, file in files.items() for text in (option, str(self.base / file))]

    def start(self) -> None:
        self.start_scheduler()
        for _ in range(self.workers):
            self.start_worker()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        where = ("--protocol", "tls", "--host", "127.0.0.1", "--port", str(self.port))
        return self._begin("scheduler", *where, "--no-dashboard")

    def start_worker(self) -> subprocess.Popen[bytes]:
        how = ("--nthreads", "1", "--no-dashboard", "--death-timeout", "600")
        return self._begin("worker", f"tls://127.0.0.1:{self.port}", *how)

    def _begin(self, what: str, *more: str) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("dask")), what, *more, *self._tls()]
        log = (self.base / f"{what}.log").open("ab")
        started = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.base, start_new_session=True)
        self.running.append(started)
        return started

    def mend(self) -> None:
        """Start workers anew that ended, as a service manager does: they end with their scheduler."""
        for one in [one for one in self.running[1:] if one.poll() is not None]:
            self.running.remove(one)
            self.start_worker()

    def kill_a_worker(self, chance: random.Random) -> int:
        """Kill one of the processes that nannies keep; the nanny starts another one."""
        children = [child for one in self.running for child in _children(one.pid)]
        kept = [one for one in children if "--multiprocessing-fork" in " ".join(one.cmdline())]
        if not kept:
            return 0
        with suppress(psutil.Error):
            chance.choice(kept).kill()
        return 1

    def end(self) -> None:
        for one in self.running:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGTERM)
        time.sleep(2)
        for one in self.running:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()
        self.running.clear()


def _children(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children())
    except psutil.Error:
        return []


def workspace(base: Path, share: Path, executor: str, more: str = "") -> Path:
    """A workspace whose settings name an executor."""
    make = [*_PROGRAM, "init", str(base), "--organisation", "Soak"]
    subprocess.run(make, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    with (base / "pdpo-audit.toml").open("a") as stream:
        stream.write(f'\n[execution]\nexecutor = "{executor}"\n{more}\n[[sources]]\nname = "share"\nuri = "{share}"\n')
    return base


def scan(base: Path) -> subprocess.Popen[bytes]:
    log = (base / "scan.log").open("ab")
    return subprocess.Popen([*_PROGRAM, "scan", "--workspace", str(base), "--quiet"], stdout=log, stderr=log)


def tables(base: Path) -> dict[str, bytes]:
    """The exported tables; the day of today is the same for all."""
    export = [*_PROGRAM, "export", "--workspace", str(base)]
    return {name: subprocess.run([*export, name], check=True, capture_output=True).stdout for name in TABLES}


def disturbed(run: Run, hosts: Hosts, base: Path, chance: random.Random, every: float) -> None:
    """Scan until it ends by itself, while workers, the scheduler once and the main process once are killed."""
    killed, calls, began = {"workers": 0, "scheduler": 0, "main": 0}, 0, time.monotonic()
    due, main_at, scheduler_at = time.monotonic() + every, began + 1.5 * every, began + 3 * every
    code = 1
    while code:
        going, calls = scan(base), calls + 1
        while (done := going.poll()) is None:
            time.sleep(0.2)
            now = time.monotonic()
            if now > due:
                killed["workers"] += hosts.kill_a_worker(chance)
                due = now + every
            if not killed["main"] and now > main_at:
                going.kill()
                killed["main"] = 1
            if not killed["scheduler"] and now > scheduler_at:
                os.killpg(hosts.running[0].pid, signal.SIGKILL)
                hosts.running[0].wait()
                hosts.running[0] = hosts.start_scheduler()
                hosts.running.pop()
                killed["scheduler"] = 1
            hosts.mend()
        code = done
        if calls > 20:
            break
    run.tell("calls until it was through, with everything killed", calls)
    run.tell("seconds with everything killed", round(time.monotonic() - began, 1))
    for what, count in killed.items():
        run.tell(f"killed: {what}", count)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=20, help="seconds between two workers that are killed")
    parser.add_argument("--port", type=int, default=18786)
    chosen = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="cluster-"))
    hosts = Hosts(base, chosen.port, chosen.workers)
    hosts.certificates()
    tls = f'tls = {{ ca = "{base}/ca.pem", certificate = "{base}/cert.pem", key = "{base}/key.pem" }}'
    address = f"dask+tls://127.0.0.1:{chosen.port}"
    try:
        with recorded("cluster", chosen.seed, WATCHED) as run:
            make_library(base / "share", chosen.files, chosen.seed)
            local = workspace(base / "local", base / "share", f"processes:{chosen.workers}")
            with costing() as at_home:
                assert scan(local).wait() == 0
            wanted = tables(local)
            undisturbed = workspace(base / "undisturbed", base / "share", address, tls)
            with costing() as starting:
                hosts.start()
                look = subprocess.run(
                    [*_PROGRAM, "doctor", "--cluster"], cwd=undisturbed, capture_output=True, text=True
                )
            run.equal("doctor --cluster finds every worker fit", look.stdout.count("yes  "), 1 + chosen.workers)
            run.tell("CPU seconds of starting scheduler and workers, and looking at them", round(starting.seconds))
            with costing() as away:
                assert scan(undisturbed).wait() == 0
            found = _same(wanted, tables(undisturbed))
            run.equal("tables of an undisturbed cluster that are those of local processes", found, "all")
            ratio = round(away.seconds / at_home.seconds, 2)
            run.tell("CPU seconds by local processes / by the cluster", f"{at_home.seconds:.0f} / {away.seconds:.0f}")
            run.at_most("CPU of a scan by the cluster against local processes", ratio, 1.25, "times")
            attacked = workspace(base / "attacked", base / "share", address, tls)
            disturbed(run, hosts, attacked, random.Random(chosen.seed), chosen.every)
            run.equal("tables with workers, scheduler and main process killed", _same(wanted, tables(attacked)), "all")
    finally:
        hosts.end()
        shutil.rmtree(base, ignore_errors=True)


def _same(wanted: dict[str, bytes], found: dict[str, bytes]) -> str:
    different = [name for name, text in wanted.items() if found[name] != text]
    return "all" if not different else f"not {', '.join(different)}"


if __name__ == "__main__":
    main()
