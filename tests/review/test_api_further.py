"""The verbs beside findings and cases: by the same functions as their pages, within the person's sources."""

from __future__ import annotations

from starlette.testclient import TestClient

from pdpo_audit import Workspace
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.review.entering.tokens import make_token
from tests.policy.packs_of_ours import rule, write_pack
from tests.review.conftest import HOST, ORIGIN
from tests.review.test_access import cluster
from tests.review.test_api import Program, program
from tests.review.test_keeping import captioned, case_of, many, masters
from tests.review.test_second import SECOND, state

__all__ = ["captioned", "program"]


def test_masters_are_previewed_confirmed_with_their_number_and_taken_back(
    workspace: Workspace, program: Program
) -> None:
    many(workspace)
    before, dam, asked = masters(workspace), program(), {"source": "studio", "folder": "final"}
    shown = dam.post("/api/keepers/preview", json=asked).json()
    assert shown["count"] > 0 and shown["poorer"] == 1 and shown["changes"][0]["path"].startswith("final/")
    confirm = {**asked, "reason": "delivery", "version": shown["version"], "count": shown["count"]}
    assert dam.post("/api/keepers", json={**confirm, "version": "0" * 32}).status_code == 409
    assert dam.post("/api/keepers", json={**confirm, "reason": ""}).status_code == 400
    assert program(scope="look").post("/api/keepers", json=confirm).status_code == 403
    assert workspace.judgements() == []
    done = dam.post("/api/keepers", json=confirm).json()
    assert done["masters"] == shown["count"] == len(workspace.judgements())
    assert program("Ho Mei").post(f"/api/keepers/{done['act']}/undo").status_code == 404
    assert dam.post(f"/api/keepers/{done['act']}/undo").json() == {"act": done["act"], "masters": 0}
    assert workspace.judgements() == [] and masters(workspace) == before
    assert program("Ho Mei").post("/api/keepers/preview", json=asked).status_code == 400


def test_metadata_is_kept_with_the_master_as_it_was_read_and_let_go(captioned: Workspace, house: House) -> None:
    token = make_token(captioned.project, "Chan Tai Man", purpose="dam", scope="decide", days=1).token
    app = application(house, scheme="http", hosts={HOST})
    dam = TestClient(app, base_url=ORIGIN, headers={"authorization": f"Bearer {token}"})
    address = f"/api/cases/{case_of(captioned, 'delivered.jpg')}/metadata"
    found = dam.get(address).json()
    assert {"caption", "rights"} <= {one["field"] for one in found["offered"]} and found["kept"] == []
    said = {"version": found["version"], "fields": ["caption", "rights"], "reason": "press kit"}
    assert dam.post(address, json={**said, "fields": []}).status_code == 422
    kept = dam.post(address, json=said).json()
    assert sorted(kept["kept"][0]["values"]) == ["caption", "rights"] and kept["kept"][0]["by"] == "Chan Tai Man"
    assert dam.post(address, json={**said, "version": "0" * 32}).status_code == 409
    gone = {"version": kept["version"], "number": kept["kept"][0]["number"]}
    assert dam.post(f"{address}/let-go", json={**gone, "number": 9_999}).status_code in (400, 404)
    assert dam.post(f"{address}/let-go", json=gone).json()["kept"] == []


def test_questions_are_answered_for_own_sources_only(workspace: Workspace, program: Program) -> None:
    period = "{keep_no_longer_than: P90D, counted_from: campaign.ended_on}"
    write_pack(workspace.project.folder / "rules", rule("T-04", "{record.purpose is: recorded}", period))
    workspace.assess()
    tickets = program("Ho Mei")
    (question,) = tickets.get("/api/questions").json()["rows"]
    assert (question["source"], question["fact"], question["kind"]) == ("archive", "campaign.ended_on", "date")
    said = {"source": "archive", "fact": "campaign.ended_on", "value": "2024-12-31"}
    assert tickets.post("/api/questions/answers", json={**said, "source": "studio"}).status_code == 400
    assert tickets.post("/api/questions/answers", json={**said, "value": "soon"}).status_code == 400
    assert tickets.post("/api/questions/answers", json=said).json() == {"rows": []}
    assert {row["source"] for row in program().get("/api/questions").json()["rows"]} == {"studio"}


def test_what_waits_and_what_is_due_is_told_to_who_may_know(
    workspace: Workspace, house: House, program: Program
) -> None:
    state(workspace, SECOND)
    case = program().get(f"/api/cases/{cluster(workspace)}").json()
    ids = [one["finding_id"] for one in case["findings"]]
    keep = {"choice": "keep", "reason": "press kit", "approver": "Wong Second", "until": "2027-01-15"}
    made = program().post(
        f"/api/cases/{case['key']}/decisions", json={"version": case["version"], "findings": ids, **keep}
    )
    assert made.status_code == 200, made.text
    waiting = [len(program(name).get("/api/second-looks").json()["rows"]) for name in ("Chan Tai Man", "Wong Second")]
    assert waiting == [0, 1]
    due = program().get("/api/dues").json()["rows"]
    assert ("2027-01-15", "end of exceptions", 6) in [(one["due_on"], one["subject"], one["count"]) for one in due]
    assert program().get("/api/changes").json() == {"audit_id": "", "delta": {}, "trend": [], "left_out": []}
    assert program().get("/api/sign-offs").json()["audit_id"] == ""
    assert program().get("/api/samples").json() == {"size": 0, "answered": 0, "drawn_on": "", "result": {}}
    for address in ("dues", "changes", "samples"):
        assert program("Ho Mei").get(f"/api/{address}").status_code == 403
