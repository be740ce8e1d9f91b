"""The chain of reviews: whatever is altered, removed, reordered or passed over in silence is found, and named."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.schedules.chain import load_chain
from pdpo_audit.model.reviews.plans import Plan, Slot
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.keys.identities import Identity, create_seal, open_pkcs12
from pdpo_audit.signing.reviews.records import RECORD, SEAL, read_record, write_record
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.plans.chaining import REVIEWS, seal_records, seal_waiting, waiting_records
from pdpo_audit.workspace.plans.planning import Wish, add_plan, change_plan
from pdpo_audit.workspace.plans.running_due import Performed, run_due
from pdpo_audit.workspace.project import HONG_KONG, Project

NOW = datetime(2026, 11, 30, 9, tzinfo=HONG_KONG)


class Year:
    """A year of monthly reviews, one of them missed, with a seal whose key the test has, too."""

    def __init__(self, base: Path, months: int = 12) -> None:
        self.now = NOW
        workspace = Workspace.create(base / "audit", clock=lambda: self.now)
        self.project: Project = workspace.project
        data = create_seal(common_name="Seal", organisation="Harbour Light", passphrase=b"x", now=NOW, days=4000)
        self.identity: Identity = open_pkcs12(data, b"x")
        (base / "audit" / "keys").mkdir(exist_ok=True)
        (base / "audit" / "keys" / "seal.p12").write_bytes(data)
        (base / "pass").write_text("x\n")
        self.project.passphrase_file = base / "pass"
        add_plan(self.project, "m", Wish(every="15th of the month"), by="Ho Mei")
        for month in range(months):
            self.now = NOW + timedelta(days=17 + 31 * month + (40 if month >= 6 else 0))
            run_due(self.project, self.perform, lambda *_: None)
            seal_records(self.project)

    def perform(self, project: Project, plan: Plan, slot: Slot) -> Performed:
        return Performed(audit_id=f"A-{slot.day}", sealed=True)

    @property
    def folder(self) -> Path:
        return self.project.folder / REVIEWS

    def wrong(self, *anchors: str) -> list[str]:
        """What does not verify, in words."""
        result = verify_path(self.folder, now=self.now, anchors=anchors)
        return [f"{one.subject}: {one.statement}" for one in result.checks if one.verdict is Verdict.FAILED]

    def named(self, number: int) -> Path:
        return next(self.folder.glob(f"{number:04d}-*"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return Year(tmp_path_factory.mktemp("year"))


@pytest.fixture
def year(made: Year, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year:
    copy = tmp_path / REVIEWS
    shutil.copytree(made.folder, copy)
    monkeypatch.setattr(Year, "folder", copy)
    return made


def alter(year: Year) -> str:
    file = year.named(3) / RECORD
    file.write_bytes(file.read_bytes().replace(b"A-2027", b"A-2028"))
    return "0003"


def seal_again(year: Year) -> str:
    """Somebody who has the key rewrites a record: it verifies by itself, and the next one gives it away."""
    folder = year.named(3)
    record = read_record((folder / RECORD).read_bytes())
    raw = write_record(replace(record, reason="all was well"))
    (folder / RECORD).write_bytes(raw)
    (folder / SEAL).write_bytes(sign_detached(raw, year.identity, signed_at=NOW, timestamp_url=""))
    return "0004"


def remove(year: Year) -> str:
    shutil.rmtree(year.named(5))
    return "number 5"


def reorder(year: Year) -> str:
    first, second = year.named(6), year.named(7)
    names = first.name, second.name
    first.rename(first.with_name("aside"))
    second.rename(first.with_name(names[0]))
    first.with_name("aside").rename(first.with_name(names[1]))
    return names[0]


def pass_over(year: Year) -> str:
    """Somebody who has the key writes the history again without one slot."""
    records = [read_record((folder / RECORD).read_bytes()) for folder in sorted(year.folder.iterdir())]
    gone = next(one for one in records[4:] if one.kind.value != "closed")
    kept = [one for one in records if (one.plan, one.slot) != (gone.plan, gone.slot)]
    shutil.rmtree(year.folder)
    previous = ""
    for number, one in enumerate(kept, 1):
        record = replace(one, number=number, previous_sha256=previous)
        raw, folder = write_record(record), year.folder / record.folder
        folder.mkdir(parents=True)
        (folder / RECORD).write_bytes(raw)
        (folder / SEAL).write_bytes(sign_detached(raw, year.identity, signed_at=NOW, timestamp_url=""))
        previous = hashlib.sha256(raw).hexdigest()
    return f"slot {gone.slot}"


def add_a_file(year: Year) -> str:
    (year.named(2) / "note.txt").write_text("x")
    return "note.txt"


def test_a_year_of_reviews_verifies_and_names_its_head(year: Year) -> None:
    chain = load_chain(year.project.store)
    assert len(chain) >= 12 and {link.kind for link in chain} == {"held", "missed", "closed"}
    result = verify_path(year.folder, now=year.now, anchors=[chain[3].sha256])
    assert result.ok, year.wrong()
    assert any(chain[-1].sha256 in one.statement for one in result.checks)
    assert any(re.match(r"not examined: \d+ audits \(A-", one.statement) for one in result.checks)
    assert verify_path(year.named(1), now=year.now).ok
    record = read_record((year.named(1) / RECORD).read_bytes())
    assert record.planned["plan"]["every"] == "15th of the month" and record.next_slots["m"] == "2027-01-15"


@pytest.mark.parametrize("attack", [alter, seal_again, remove, reorder, pass_over, add_a_file])
def test_what_was_done_to_the_chain_is_found_and_named(year: Year, attack: Callable[[Year], str]) -> None:
    named = attack(year)
    assert any(named in one for one in year.wrong()), year.wrong()


def test_a_history_written_again_or_cut_off_misses_a_digest_that_was_kept(year: Year) -> None:
    head = load_chain(year.project.store)[-1].sha256
    assert year.wrong(head) == []
    shutil.rmtree(sorted(year.folder.iterdir())[-1])
    assert year.wrong() == []
    assert any("does not pass through" in one for one in year.wrong(head))


def test_records_wait_while_the_key_is_locked_and_are_sealed_in_order_afterwards(tmp_path: Path) -> None:
    year = Year(tmp_path, months=0)
    passphrase, year.project.passphrase_file = year.project.passphrase_file, None
    for month in (1, 2):
        year.now = NOW + timedelta(days=17 + 31 * month)
        run_due(year.project, year.perform, lambda *_: None)
        assert seal_records(year.project) == ()
    alone = verify_path(year.folder, now=year.now)
    assert (alone.ok, alone.failed, alone.code, alone.headline) == (False, False, 3, "nothing is sealed yet")
    assert [one.name for one in year.folder.iterdir()] == ["waiting.json"] and not load_chain(year.project.store)
    waits = [one.statement for one in alone.checks if "is waiting for the seal" in one.statement]
    assert len(waits) == len(waiting_records(year.project)) > 1
    year.project.passphrase_file = passphrase
    assert len(seal_waiting(year.project)) == len(waits) and not (year.folder / "waiting.json").exists()
    assert year.wrong() == [] and verify_path(year.folder, now=year.now).ok
    (year.folder / "waiting.json").write_text("{}")
    assert "cannot be read" in " ".join(year.wrong())


def test_a_change_of_the_plan_explains_another_slot_and_a_kill_leaves_no_gap(tmp_path: Path) -> None:
    year = Year(tmp_path, months=2)
    change_plan(year.project, "m", Wish(every="quarterly"), by="Ho Mei")
    year.now += timedelta(days=120)
    run_due(year.project, year.perform, lambda *_: None)
    before = len(load_chain(year.project.store))
    stale = year.folder / f"{before + 1:04d}-held-left by a kill"
    stale.mkdir()
    assert seal_records(year.project)
    assert seal_records(year.project) == () and not stale.exists()
    assert year.wrong() == []
    newest = json.loads((sorted(year.folder.iterdir())[-1] / RECORD).read_bytes())
    assert newest["organisation"] == year.project.settings.organisation.name
