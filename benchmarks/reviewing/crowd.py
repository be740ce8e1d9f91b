"""Many reviewers at once on the pages as they are served, and whether any decision was lost or made twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import requests
from sqlalchemy import select

from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.care.health import check_catalogue
from pdpo_audit.model.events import first_broken
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.invitations import invite
from tests.policy.packs_of_ours import rule, write_pack
from tests.workspace.library import make_library, picture

#: Seconds that anything may take before it counts as stuck.
_PATIENCE = 60
_COMMAND = [sys.executable, "-m", "pdpo_audit"]


@dataclass(kw_only=True)
class Told:
    """What reviewers were answered: codes, the batches that were acknowledged, what each was decided on."""

    codes: Counter[str] = field(default_factory=Counter)
    batches: dict[str, str] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    #: Case and version of each acknowledged decision, by its batch.
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Requests that were cut off: what became of them nobody was told.
    cut_off: int = 0
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def make_workspace(folder: Path, url: str, *, people: int, pictures: int, changed: bool = False) -> Path:
    """A scanned and assessed workspace with so many reviewers; its catalogue is at ``url`` (empty: a file).

    A quarter of the pictures is held twice; with ``changed`` each is, large and once more smaller.
    """
    make_library(folder / "studio", 0 if changed else pictures, copies=pictures // 4)
    (folder / "studio").mkdir(exist_ok=True)
    for number in range(pictures if changed else 0):
        large = picture(number, (1600, 1200))
        large.save(folder / "studio" / f"large {number}.jpg", quality=92)
        large.resize((800, 600)).save(folder / "studio" / f"small {number}.jpg", quality=85)
    audit = folder / "audit"
    audit.mkdir()
    named = "".join(f'\n[[people]]\nname = "Reviewer {one}"\nroles = ["dpo"]\n' for one in range(people))
    catalogue = f'\n[catalogue]\nurl = "{url}"\n' if url else ""
    (audit / "pdpo-audit.toml").write_text(
        '[faces]\nscope = "off"\n[policy]\npacks = ["./rules"]\n[review]\nsecond_look = 0.0\nlease_minutes = 1\n'
        f'{catalogue}{named}\n[[sources]]\nname = "studio"\nuri = "../studio"\nowner = "Creative Services"\n'
        'jurisdiction = "HK"\npurpose = "campaign production"\npurpose_ended_on = 2024-12-31\n',
        "utf-8",
    )
    always = "{record.purpose is: recorded}"
    write_pack(audit / "rules", rule("T-01", always), rule("T-02", "{duplicate.copies is at least: 2}"))
    workspace = Workspace.open(audit)
    workspace.scan(ScanOptions(workers=0, people="off"))
    workspace.assess()
    workspace.close()
    return audit


def work_together(audit: Path, *, reviewers: int, seconds: float, servers: int = 2, seed: int = 1) -> Told:
    """Let reviewers work for some seconds beside a scan; in the middle one of the servers is killed."""
    told = Told()
    with ExitStack() as stack:
        running = [stack.enter_context(served(audit)) for _ in range(servers)]
        stop = time.monotonic() + seconds
        crowd = [
            threading.Thread(target=_review, args=(audit, f"Reviewer {one}", running, one, stop, told, seed))
            for one in range(reviewers)
        ]
        for thread in crowd:
            thread.start()
        scan = threading.Thread(target=_scan, args=(audit, stop, told))
        scan.start()
        time.sleep(seconds / 2)
        if servers > 1:
            running[0].alive = False
            os.kill(running[0].process.pid, signal.SIGKILL)
        for thread in (*crowd, scan):
            thread.join(seconds + 3 * _PATIENCE)
            if thread.is_alive():
                told.problems.append("somebody is stuck")
    return told


def wrong_in(audit: Path, told: Told) -> list[str]:
    """Everything that must not be: lost and doubled decisions, a broken chain, faults of the program."""
    workspace = Workspace.open(audit)
    store = workspace.project.store
    found = list(told.problems)
    with store.reading() as connection:
        kept = connection.execute(select(schema.decisions).order_by(schema.decisions.c.id)).all()
        standing = {
            row.finding_id: (row.decided_by, row.reason) for row in connection.execute(select(schema.determinations))
        }
    recorded = {row.batch for row in kept}
    found += [f"decision {batch} was acknowledged and is lost" for batch in sorted(told.batches.keys() - recorded)]
    if len(recorded - told.batches.keys()) > told.cut_off:
        found.append(f"{len(recorded - told.batches.keys())} decisions that nobody made, {told.cut_off} were cut off")
    decided = Counter(told.versions.values())
    found += [f"{one} was decided twice" for one, times in decided.items() if times > 1]
    newest = {row.finding_id: (row.decided_by, row.reason) for row in kept if not row.taken_back_at}
    found += [f"{one}: the newest decision does not stand" for one in newest if standing.get(one) != newest[one]]
    found += [f"{one}: what was taken back stands" for one in standing.keys() - newest.keys()]
    lost = {row.batch for row in kept if row.batch in told.undone and not row.taken_back_at}
    found += [f"taking {batch} back was acknowledged and is lost" for batch in sorted(lost)]
    events = store.events()
    if (broken := first_broken(events)) is not None:
        found.append(f"the chain is broken at event {broken}")
    if sum(one.event.kind == "finding decided" for one in events) != len(kept):
        found.append("the event log and the decisions do not agree")
    found += [f"{one.what}: {one.found}" for one in check_catalogue(store.engine) if not one.sound]
    found += [f"{code} x {count}" for code, count in told.codes.items() if code.startswith("5")]
    workspace.close()
    return found


@dataclass(kw_only=True)
class Server:
    """A running server, and whether anybody still goes there."""

    process: subprocess.Popen[str]
    address: str
    alive: bool = True


@contextmanager
def served(audit: Path) -> Iterator[Server]:
    """The pages as somebody serves them, until the block ends."""
    command = [*_COMMAND, "review", "serve", "--quiet", "--workspace", str(audit)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Server(process=process, address=process.stdout.readline().partition("/join")[0])
        finally:
            process.terminate()


def _scan(audit: Path, stop: float, told: Told) -> None:
    """New pictures come, are scanned and assessed, again and again."""
    number = 0
    while time.monotonic() < stop:
        picture(10_000 + number).save(audit.parent / "studio" / f"new {number:03}.jpg")
        for verb in (["scan", "--people", "off", "--workers", "1"], ["assess"]):
            done = subprocess.run(
                [*_COMMAND, *verb, "--quiet", "--workspace", str(audit)], capture_output=True, text=True, check=False
            )
            if done.returncode:
                told.problems.append(f"{verb[0]}: {done.returncode} {done.stderr[-300:]}")
        number += 1


def invited(audit: Path, name: str) -> str:
    """The secret of a personal link."""
    workspace = Workspace.open(audit)
    try:
        return invite(workspace.project, name).link.rpartition("=")[2]
    finally:
        workspace.close()


class _Browser:
    """One reviewer's browser at one server."""

    def __init__(self, audit: Path, name: str, server: Server, told: Told) -> None:
        self.server, self.told, self.session = server, told, requests.Session()
        self.post("/join", {"token": invited(audit, name)})

    def get(self, path: str) -> str:
        answer = self.session.get(self.server.address + path, timeout=_PATIENCE)
        self._note(answer)
        return answer.text

    def post(self, path: str, fields: dict[str, object]) -> requests.Response:
        answer = self.session.post(
            self.server.address + path, data=fields, headers={"origin": self.server.address}, timeout=_PATIENCE,
            allow_redirects=False,
        )  # fmt: skip
        self._note(answer)
        return answer

    def _note(self, answer: requests.Response) -> None:
        with self.told.lock:
            self.told.codes[str(answer.status_code)] += 1


def _review(audit: Path, name: str, servers: list[Server], number: int, stop: float, told: Told, seed: int) -> None:
    chance = random.Random(seed * 1000 + number)
    server = servers[number % len(servers)]
    browser = _Browser(audit, name, server, told)
    while time.monotonic() < stop:
        try:
            _act(browser, name, chance)
        except requests.RequestException as error:
            with told.lock:
                told.cut_off += 1
            if server.alive:
                told.problems.append(f"{name}: {error}")
                return
            server = next(one for one in servers if one.alive)
            browser = _Browser(audit, name, server, told)


def _act(browser: _Browser, name: str, chance: random.Random) -> None:
    """One thing that reviewers do."""
    told = browser.told
    queue = browser.get("/queue?status=" + chance.choice(["open", "", "decided"]))
    csrf = re.search(r'name="csrf" value="(\w+)"', queue)
    if csrf is None:
        told.problems.append(f"{name} was signed out")
        return
    if chance.random() < 0.1:
        browser.post("/batch", {"csrf": csrf[1], "status": "open", "size": "3"})
        return
    cases = re.findall(r'class="open" href="/case/([^"]+)"', queue)
    if not cases:
        return
    key = unescape(chance.choice(cases[:12]))
    page = browser.get(f"/case/{key}")
    version = re.search(r'name="version" value="(\w+)"', page)
    findings = re.findall(r'name="finding" value="([^"]+)"', page)
    if version is None or not findings:
        return
    fields = {"csrf": csrf[1], "version": version[1], "finding": findings, "choice": "disagree",
              "reason": f"{name} {chance.random()}"}  # fmt: skip
    answer = browser.post(f"/case/{key}/decide", fields)
    if answer.status_code != 303:
        return
    batch = answer.headers["location"].rpartition("/")[2]
    with told.lock:
        told.batches[batch] = name
        told.versions[batch] = (key, version[1])
    if chance.random() < 0.15 and browser.post(f"/decided/{batch}/undo", {"csrf": csrf[1]}).status_code == 200:
        with told.lock:
            told.undone.add(batch)
