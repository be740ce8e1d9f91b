"""Signing off on the pages: of an audit's decisions, of a single one, and with a certificate by a request."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.review.house import House
from pdpo_audit.signing.keys.identities import create_seal
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.report.signing_off import Said, answer
from pdpo_audit.workspace.review.four_eyes.record import page_sign_offs
from pdpo_audit.workspace.review.invitations import invite
from pdpo_audit.workspace.setup.identities import KeyPlace
from tests.review.conftest import ORIGIN, Visitor
from tests.review.test_access import cluster
from tests.review.test_reported import words
from tests.review.test_second import NONE, state

Join = Callable[[str], Visitor]
LEGAL = '\n[[people]]\nname = "Wong Legal"\nroles = ["legal"]\n'
FINAL = """
[signing]
pkcs12 = "keys/seal.p12"

[report]
required_sign_offs = ["dpo"]
"""


def seen(visitor: Visitor, page: str = "/sign") -> dict[str, str]:
    """What the form of a page to sign off on sends besides what is chosen."""
    text = visitor.get(page).text
    return {
        name: found[1]
        for name in ("subject", "named", "seen")
        if (found := re.search(rf'name="{name}" value="([^"]*)"', text))
    }


def decide(visitor: Visitor, workspace: Workspace, **said: str) -> str:
    key = cluster(workspace)
    return str(visitor.submit(f"/case/{key}/decide", **said, **visitor.case(key)).url.path.rpartition("/")[2])


def test_the_decisions_are_signed_off_and_stand_in_the_next_report(workspace: Workspace, join: Join) -> None:
    state(workspace, NONE + LEGAL)
    first, legal = join("Chan Tai Man"), join("Wong Legal")
    assert "Nothing is decided yet" in legal.get("/sign").text
    batch = decide(first, workspace, choice="agree")
    shown = seen(legal)
    bare = legal.submit("/sign", role="legal", decision="agree-with-reservations", **shown)
    assert bare.status_code == 400 and "need a remark" in bare.text
    assert legal.submit("/sign", role="dpo", decision="agree", **shown).status_code == 400  # not her role
    done = legal.submit("/sign", role="legal", decision="agree-with-reservations", remark="see 7.2", **shown)
    assert done.status_code == 200 and "see 7.2" in done.text
    folder = workspace.report().folder
    text = words(folder / "report.en.pdf")
    assert "Said on the review pages" in text and "Agrees with reservations see 7.2" in text and "Wong Legal" in text
    assert "have changed since" not in text
    assert [one.stands for one in page_sign_offs(workspace.project, _audit(workspace))] == [True]
    first.submit(f"/decided/{batch}/undo")
    assert [one.stands for one in page_sign_offs(workspace.project, _audit(workspace))] == [False]


def test_other_decisions_than_those_shown_are_not_signed_off(workspace: Workspace, join: Join) -> None:
    state(workspace, NONE + LEGAL)
    first, legal = join("Chan Tai Man"), join("Wong Legal")
    batch = decide(first, workspace, choice="agree")
    shown = seen(legal)
    first.submit(f"/decided/{batch}/undo")
    late = legal.submit("/sign", role="legal", decision="agree", **shown)
    assert late.status_code == 409


def test_a_single_decision_is_signed_off_by_another_person_in_another_browser(
    workspace: Workspace, house: House, join: Join
) -> None:
    state(workspace, NONE + LEGAL)
    first, legal = join("Chan Tai Man"), join("Wong Legal")
    batch = decide(first, workspace, choice="disagree", reason="still used")
    page = f"/sign/batch/{batch}"
    own = first.submit("/sign", role="dpo", decision="agree", **seen(legal, page))
    assert own.status_code == 400 and "somebody else" in own.text
    token = invite(house.project, "Wong Legal").link.rpartition("=")[2]
    first.post("/join", data={"token": token}, headers={"origin": ORIGIN})
    same = first.submit("/sign", role="legal", decision="agree", **seen(first, page))
    assert same.status_code == 400 and "in this browser" in same.text
    assert legal.submit("/sign", role="legal", decision="refuse", remark="no", **seen(legal, page)).status_code == 200
    (one,) = page_sign_offs(workspace.project, _audit(workspace))
    assert (one.subject, one.named, one.decision, one.stands) == ("batch", batch, "refuse", True)


def _audit(workspace: Workspace) -> str:
    from pdpo_audit.workspace.exporting import newest_assessment

    return newest_assessment(workspace.project) or ""


def test_who_does_not_sign_is_refused(workspace: Workspace, join: Join) -> None:
    for name in ("Vera Wong", "Ada Lam"):
        visitor = join(name)
        assert visitor.get("/sign").status_code == 403
        for path in ("/sign", "/sign/request"):
            assert visitor.submit(path, role="dpo", decision="agree").status_code == 403
        answer = visitor.post(
            "/sign/answer", files={"file": b"x"}, data={"csrf": visitor.token}, headers={"origin": ORIGIN}
        )
        assert answer.status_code == 403


@pytest.fixture
def key(tmp_path: Path, workspace: Workspace) -> KeyPlace:
    """The DPO's own key, and a seal of the organisation in the workspace."""
    now = workspace.project.clock().astimezone(UTC)
    (tmp_path / "secret").write_text("s3cret\n")
    (workspace.project.folder / "keys").mkdir(exist_ok=True)
    for file, name in (
        (workspace.project.folder / "keys" / "seal.p12", "Seal"),
        (tmp_path / "chan.p12", "Chan Tai Man"),
    ):
        file.write_bytes(
            create_seal(common_name=name, organisation="Harbour Light Agency Ltd", passphrase=b"s3cret", now=now)
        )
    return KeyPlace(key=str(tmp_path / "chan.p12"), passphrase_file=tmp_path / "secret")


def test_a_certificate_signs_by_a_request_that_comes_back(
    workspace: Workspace, join: Join, key: KeyPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state(workspace, NONE + LEGAL + FINAL)
    monkeypatch.setattr("pdpo_audit.workspace.report.signing_off.now", workspace.project.clock)
    text = workspace.project.settings_path.read_text("utf-8")
    stated = '[audit]\nauthorised_by = "General Counsel"\npurpose = "review"\npia_reference = "P-1"\n\n[organisation]'
    workspace.project.settings_path.write_text(text.replace("[organisation]", stated, 1), "utf-8")
    workspace.project.reload()
    workspace.project.passphrase_file = key.passphrase_file
    visitor = join("Chan Tai Man")
    assert "no sealed report" in visitor.get("/sign").text
    folder = workspace.report().folder
    assert "draft" not in visitor.get("/sign").text
    asked = visitor.submit("/sign/request", role="dpo")
    assert asked.headers["content-type"] == "application/zip"
    assert "report.en.pdf" in zipfile.ZipFile(io.BytesIO(asked.content)).namelist()
    (tmp_path / "request.zip").write_bytes(asked.content)
    answered = answer(
        tmp_path / "request.zip", tmp_path / "answer.zip", key=key,
        said=Said(decision="agree-with-reservations", comment="see 4"),
    ).record.read_bytes()  # fmt: skip
    legal = join("Wong Legal")
    send = {"headers": {"origin": ORIGIN}, "files": {"file": ("answer.zip", answered)}}
    theirs = legal.post("/sign/answer", data={"csrf": legal.token}, **send)  # type: ignore[arg-type]
    assert theirs.status_code == 400 and "everybody takes in their own" in theirs.text
    assert visitor.post("/sign/answer", data={"csrf": "x"}, **send).status_code == 403  # type: ignore[arg-type]
    broken = {**send, "files": {"file": ("answer.zip", answered[:-50])}}
    assert visitor.post("/sign/answer", data={"csrf": visitor.token}, **broken).status_code == 400  # type: ignore[arg-type]
    assert read_records(folder) == ()
    taken = visitor.post("/sign/answer", data={"csrf": visitor.token}, **send)  # type: ignore[arg-type]
    assert taken.status_code == 200 and "see 4" in taken.text
    assert verify_path(folder, now=workspace.project.clock()).ok
    assert [(one.role.value, one.name) for one in read_records(folder)] == [("dpo", "Chan Tai Man")]
