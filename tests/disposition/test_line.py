"""From a plan to a certificate: what is due is planned, approved, taken, ended, certified, and verified."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError, ExitCode, VerificationError
from pdpo_audit.model.events import GENESIS, chain
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.evidence.eventlog import line_of, read_event
from pdpo_audit.signing.keys.identities import create_seal, open_pkcs12
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.acts.approving import Word, sign_word
from pdpo_audit.workspace.acts.certifying import certify
from pdpo_audit.workspace.acts.listing import list_items, list_plans
from pdpo_audit.workspace.acts.running import run
from pdpo_audit.workspace.acts.undoing import finish, undo
from pdpo_audit.workspace.project import now
from tests.disposition.material import PEOPLE, House


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.scan()
    return made


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with a printed plan that everybody approved."""
    house = House(tmp_path_factory.mktemp("approved"), 1)
    house.scan()
    made = house.plan()
    for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
        house.say(made, name)
    house.workspace.close()
    return house


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a plan that was carried out, ended and certified: the whole line, looked at on its way."""
    house = House(tmp_path_factory.mktemp("line"))
    house.scan()
    before = house.files()
    made = house.plan()
    for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
        house.say(made, name)
    assert (made.copies, made.acts, made.no_copy_stays, made.approvals) == (
        3, {"erase": 3}, 3, ("owner", "dpo", "legal"),
    )  # fmt: skip
    assert house.files() == before
    assert house.run(made).states == {"quarantined": 3}
    assert (house.files(), len(house.quarantined())) == ({}, 3)
    assert finish(house.project, made.plan_id).states == {"quarantined": 3}
    house.later(30)
    assert finish(house.project, made.plan_id).states == {"quarantined": 3}, "its last day is not over"
    house.later(1)
    assert finish(house.project, made.plan_id).states == {"done": 3}
    assert house.quarantined() == []
    folder = certify(house.project, made.plan_id).folder
    assert {one.state for one in list_items(house.project, made.plan_id)} == {"certified"}
    house.scan()
    table = house.workspace.table("disposals")
    assert (len(house.workspace.table("holdings")), set(table["state"]), set(table["method"])) == (
        0, {"certified"}, {"unlinked"},
    )  # fmt: skip
    assert table["approved_by"][0].startswith("Ho Mei (owner) ")
    return folder


def later() -> datetime:
    return now() + timedelta(days=31)


def faults(folder: Path) -> list[str]:
    result = verify_path(folder, now=later())
    assert result.code == (ExitCode.NOT_VERIFIED if result.failed else ExitCode.DONE)
    return [f"{check.subject}: {check.statement}" for check in result.checks if check.verdict is Verdict.FAILED]


def test_the_whole_line_verifies(certified: Path) -> None:
    assert faults(certified) == []
    result = verify_path(certified, now=later())
    assert result.ok
    assert any("each act was approved before it" in check.statement for check in result.checks)
    pdf = verify_path(certified / "certificate.en.pdf", now=later())
    assert pdf.ok


def edited(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        file = folder / name
        content = file.read_bytes()
        assert old in content
        file.write_bytes(content.replace(old, new, 1))

    return edit


def rechained(folder: Path) -> None:
    """Somebody adds an act to the log and chains it as the program does: that needs no key."""
    lines = (folder / "log.jsonl").read_text("utf-8").splitlines()
    entries = [read_event(line) for line in lines]
    last = entries[-1]
    event = replace(
        entries[-1].event, sequence=last.event.sequence + 1, kind="acted",
        details={"number": 2, "state": "quarantined", "act": "erase", "sha256": "00" * 32},
    )  # fmt: skip
    lines.append(line_of(chain(event, last.digest, bytes(16))))
    (folder / "log.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def act_before_approval(folder: Path) -> None:
    """The same before anybody approved, the rest of the log chained anew."""
    entries = [read_event(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    acts = [one.event for one in entries if one.event.kind == "acted"]
    before = (datetime.fromisoformat(entries[0].event.at) - timedelta(minutes=1)).isoformat()
    events = [entries[0].event, replace(acts[0], at=before), *(one.event for one in entries[1:])]
    previous, lines = GENESIS, []
    for number, event in enumerate(events, 1):
        one = chain(replace(event, sequence=number), previous, bytes(16))
        previous = one.digest
        lines.append(line_of(one))
    (folder / "log.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def without_an_approval(folder: Path) -> None:
    for file in (folder / "approvals").glob("0002-*"):
        file.unlink()


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (edited("certificate.json", b'"certified":3', b'"certified":2'), "certificate.json"),
        (edited("certificate.en.pdf", b"/Type", b"/Typo"), "certificate.en.pdf"),
        (edited("results.jsonl", b'"unlinked"', b'"kept"'), "results.jsonl: It was changed"),
        (edited("log.jsonl", b'"quarantined"', b'"failed"'), "The log was edited here"),
        (edited("items.jsonl", b"p1.png", b"p7.png"), "not those of the sealed plan"),
        (edited("plan.json", b'"approval_days":30', b'"approval_days":90'), "plan.json"),
        (edited("approvals/0001-owner.json", b"Ho Mei", b"Ho Men"), "did not sign it"),
        (lambda folder: (folder / "log.jsonl").unlink(), "log.jsonl: This file is gone"),
        (lambda folder: (folder / "certificate.json.p7s").unlink(), "no seal that can be read"),
        (lambda folder: (folder / "more.txt").write_text("x"), "not part of what was certified"),
        (without_an_approval, "without the approvals it needs"),
        (rechained, "was changed"),
        (act_before_approval, "without the approvals it needs"),
    ],
)
def test_what_was_forged_does_not_verify(
    certified: Path, tmp_path: Path, forge: Callable[[Path], object], told: str
) -> None:
    folder = tmp_path / certified.name
    shutil.copytree(certified, folder)
    forge(folder)
    assert any(told in one for one in faults(folder)), faults(folder)


def test_undo_brings_everything_back(house: House) -> None:
    before = house.files()
    made = house.approved()
    house.run(made)
    assert undo(house.project, made.plan_id, by="Ho Mei", reason="the wrong campaign").states == {"undone": 3}
    assert house.files() == before
    with pytest.raises(CallError, match="why"):
        undo(house.project, made.plan_id)


def test_nothing_happens_unless_it_is_allowed(tmp_path: Path) -> None:
    house = House(tmp_path, allow=())
    house.scan()
    with pytest.raises(CallError, match="allow is not set"):
        house.plan()


def test_nobody_approves_what_is_not_the_sealed_plan(house: House, tmp_path: Path) -> None:
    made = house.plan()
    folder = house.project.folder / "disposals" / made.plan_id
    elsewhere = shutil.copytree(folder, tmp_path / "handed over")
    word = Word(role="owner", name="Ho Mei")
    for file in ("items.jsonl", "plan.en.pdf", "plan.json"):
        kept = (folder / file).read_bytes()
        for changed in (folder / file, elsewhere / file):
            changed.write_bytes(kept.replace(b"erase", b"keepx", 1) if file == "items.jsonl" else kept + b" ")
        with pytest.raises(VerificationError, match=rf"not the plan as it was sealed: \S*{file}"):
            house.say(made, "Ho Mei")
        with pytest.raises(VerificationError, match=r"not the plan as it was sealed"):
            sign_word(elsewhere, tmp_path / "word.json", key=house.key("Ho Mei"), word=word)
        for changed in (folder / file, elsewhere / file):
            changed.write_bytes(kept)
    assert house.say(made, "Ho Mei").lacking
    assert sign_word(elsewhere, tmp_path / "word.json", key=house.key("Ho Mei"), word=word).is_file()


@pytest.mark.parametrize("away", ["deleted", "changed"])
def test_the_last_copy_does_not_end_in_the_quarantine(house: House, away: str) -> None:
    """What must stay is read back again before the end: 30 days are long."""
    twin = house.share / "kept" / "twin.png"
    shutil.copy(house.share / "due" / "p0.png", twin)
    house.scan()
    made = house.plan(places=("due/p0.png",))
    for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
        if PEOPLE[name] in made.approvals:
            house.say(made, name)
    assert house.run(made).states == {"quarantined": 1}
    waiting = house.quarantined()
    if away == "deleted":
        twin.unlink()
    else:
        twin.write_bytes(twin.read_bytes() + b"x")
    house.later(31)
    assert finish(house.project, made.plan_id).left_alone == {"no_copy_left": 1}
    assert house.quarantined() == waiting


def resealed(file: Path) -> None:
    """Somebody writes another file and seals it with a key of their own."""
    file.write_bytes(file.read_bytes() + b" ")
    other = create_seal(common_name="Harbour Light", organisation="", passphrase=b"x", now=now())
    signature = sign_detached(file.read_bytes(), open_pkcs12(other, b"x"), signed_at=now(), timestamp_url="")
    file.with_name(f"{file.name}.p7s").write_bytes(signature)


@pytest.mark.parametrize(
    ("file", "happens"),
    [
        ("plan.json", lambda file: file.write_bytes(file.read_bytes() + b" ")),
        ("plan.en.pdf", lambda file: file.write_bytes(file.read_bytes() + b" ")),
        ("plan.en.pdf", resealed),
        ("plan.xlsx", lambda file: file.with_name(f"{file.name}.p7s").unlink()),
        ("items.jsonl", lambda file: file.unlink()),
        ("plan.json", lambda file: file.unlink()),
    ],
)
def test_a_plan_whose_folder_was_changed_is_not_carried_out(
    approved: House, tmp_path: Path, file: str, happens: Callable[[Path], object]
) -> None:
    house = approved.copied(tmp_path)
    before = house.files()
    (made,) = list_plans(house.project)
    folder = house.project.folder / "disposals" / made.plan_id
    happens(folder / file)
    with pytest.raises(VerificationError, match=rf"not the plan as it was sealed: \S*{file}") as refused:
        run(house.project, made.plan_id)
    assert refused.value.exit_code is ExitCode.NOT_VERIFIED
    assert (house.files(), house.quarantined()) == (before, [])
