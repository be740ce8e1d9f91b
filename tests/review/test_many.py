"""Many at once, and nonsense: no decision lost or made twice, no fault of the program."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from starlette.routing import Route

from pdpo_audit import Workspace
from pdpo_audit.model.events import first_broken
from pdpo_audit.review.application import ROUTES
from pdpo_audit.workspace.project import ScanOptions
from tests.review.conftest import HOSTILE, ORIGIN, Visitor
from tests.review.test_access import cluster, decided

Join = Callable[[str], Visitor]
#: What nobody should send.
NONSENSE = (
    "", "0", "-1", "1e9", "9" * 30, "None", "DC-", "B-", HOSTILE, "../../x", "\x00", "\u202e", "%", "'; --", "a" * 5000,
    "\U0001f600", "2026-13-45", "open", "agree", "T-01", "studio",
)  # fmt: skip
NAMES = (
    "after", "status", "severity", "rule", "source", "path", "due_until", "show", "copy", "view", "at", "all", "lang",
    "choice", "reason", "approver", "until", "role", "finding", "version", "typed", "folder", "holding", "say", "only",
    "determination", "code", "instead", "person", "do", "token",
)  # fmt: skip


def test_two_reviewers_and_a_scan_lose_nothing(workspace: Workspace, join: Join) -> None:
    key, rounds = cluster(workspace), 6
    taken: dict[str, list[int]] = {"one": [], "two": []}
    decided_on: list[str] = []
    visitors = {name: join("Chan Tai Man") for name in taken}

    def decide(name: str) -> None:
        visitor = visitors[name]
        for number in range(rounds):
            fields = visitor.case(key)
            fields["finding"] = list(workspace.table("findings")["finding_id"][:3])
            said = visitor.submit(f"/case/{key}/decide", choice="disagree", reason=f"{name} {number}", **fields)
            taken[name].append(said.status_code)
            decided_on.extend([fields["version"]] if said.status_code == 200 else [])

    threads = [threading.Thread(target=decide, args=(name,)) for name in taken]
    for thread in threads:
        thread.start()
    other = Workspace.open(workspace.project.folder, clock=workspace.project.clock)
    other.scan(ScanOptions(workers=0, people="off"))
    other.close()
    for thread in threads:
        thread.join()
    codes = taken["one"] + taken["two"]
    assert len(codes) == 2 * rounds and set(codes) <= {200, 409}
    events = workspace.project.store.events()
    batches = {str(one.event.details["batch"]) for one in events if one.event.kind == "finding decided"}
    assert len(batches) == codes.count(200) >= 1
    assert len(set(decided_on)) == len(decided_on)  # what one decided, the other was shown again
    assert first_broken(events) is None
    assert decided(workspace) > 0


def test_nonsense_is_no_fault_of_the_program(workspace: Workspace, join: Join) -> None:
    visitor, key, chance = join("Chan Tai Man"), cluster(workspace), random.Random(20)
    token = visitor.token
    faults = []
    for _ in range(250):
        route = chance.choice([one for one in ROUTES if isinstance(one, Route) and one.path != "/leave"])
        path = route.path
        for name in ("{key}", "{batch}", "{content:int}"):
            path = path.replace(name, chance.choice([key, "1", "B-1", "x", "99"]))
        fields = {name: chance.choice(NONSENSE) for name in chance.sample(NAMES, 6)}
        if "POST" in (route.methods or ()):
            answer = visitor.post(path, data={**fields, "csrf": token}, headers={"origin": ORIGIN})
        else:
            answer = visitor.get(path, params=fields)
        if answer.status_code >= 500:
            faults.append((path, fields, answer.status_code))
    assert faults == []
