"""The JSON API: by token, within the person's role and sources; the same verbs as the pages; no call breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.review.api.description import description
from pdpo_audit.review.api.operations import OPERATIONS
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.review.entering.tokens import list_tokens, make_token, revoke_tokens
from tests.review.conftest import HOST, ORIGIN, Clock, Visitor
from tests.review.test_access import cluster, decided
from tests.review.test_deciding import content_of

Program = Callable[..., TestClient]


@pytest.fixture
def program(house: House) -> Program:
    """A program that calls with a token of somebody."""

    def made(name: str = "Chan Tai Man", scope: str = "decide", days: int = 30) -> TestClient:
        token = make_token(house.project, name, purpose="ticket system", scope=scope, days=days).token
        app = application(house, scheme="http", hosts={HOST})
        headers = {"authorization": f"Bearer {token}"}
        return TestClient(app, base_url=ORIGIN, headers=headers, raise_server_exceptions=False)

    return made


def test_a_case_is_found_decided_and_taken_back(workspace: Workspace, program: Program) -> None:
    dam, key = program(), cluster(workspace)
    found = dam.get("/api/findings", params={"cluster_id": key, "status": "open", "limit": 4}).json()
    assert len(found["rows"]) == 4 and found["after"] is not None
    more = dam.get("/api/findings", params={"cluster_id": key, "status": "open", "after": found["after"]}).json()
    assert len(more["rows"]) == 2 and more["after"] is None
    case = dam.get(f"/api/cases/{key}").json()
    assert case["copies"][0]["relation"] == "master"
    ids = [one["finding_id"] for one in case["findings"]]
    said = {"version": case["version"], "findings": ids, "choice": "agree"}
    made = dam.post(f"/api/cases/{key}/decisions", json=said)
    assert made.status_code == 200 and sorted(made.json()["findings"]) == sorted(ids)
    assert decided(workspace) == 6
    late = dam.post(f"/api/cases/{key}/decisions", json=said)
    assert late.status_code == 409 and "changed" in late.json()["error"]
    undone = dam.post(f"/api/decisions/{made.json()['batch']}/undo").json()
    assert sorted(undone["taken_back"]) == sorted(ids) and decided(workspace) == 0
    again = dam.get(f"/api/cases/{key}").json()
    assert [one["taken_back"] for one in again["said"] if one["what"] == "decision"] == [True] * 6


def test_a_group_is_previewed_and_decided(workspace: Workspace, program: Program) -> None:
    dam = program()
    asked: dict[str, Any] = {"filters": {"rule": "T-01", "source": "studio"}}
    shown = dam.post("/api/groups/preview", json=asked).json()
    assert shown["findings"] == 27 and len(shown["examples"]) == 20 and decided(workspace) == 0
    said = {**asked, "version": shown["version"], "decision": {"choice": "disagree", "reason": "still used"}}
    assert dam.post("/api/groups/decisions", json={**said, "count": 26}).status_code == 400
    assert dam.post("/api/groups/decisions", json={**said, "count": 27}).status_code == 200
    assert decided(workspace) == 27


def test_pictures_are_judged_and_batches_taken(workspace: Workspace, program: Program) -> None:
    dam, key = program(), cluster(workspace)
    case = dam.get(f"/api/cases/{key}").json()
    held = {one["path"]: one["holding"] for one in case["copies"]}
    said = {"version": case["version"], "holding": held["small.jpg"], "say": "master", "reason": "as published"}
    judged = dam.post(f"/api/cases/{key}/judgements", json=said)
    assert judged.status_code == 200 and judged.json()["version"] != case["version"]
    assert [(one.kind, one.by) for one in workspace.judgements()] == [("master", "Chan Tai Man")]
    taken = dam.post("/api/batch", json={"filters": {"source": "archive"}, "size": 5}).json()
    assert {one["key"] for one in taken["cases"]} >= {key}
    other = program("Ho Mei").get(f"/api/cases/{key}").json()
    assert other["taken"]["person"] == "Chan Tai Man"
    assert dam.post("/api/batch/return").json() == {"until": "", "cases": []}


def test_a_picture_comes_with_its_faces_covered(workspace: Workspace, program: Program) -> None:
    dam = program(scope="look")
    made = dam.get(f"/api/pictures/{content_of(workspace, 'original.png')}")
    assert made.status_code == 200 or made.json()["error"] == "there is no picture of it"
    for number in ("0", "99999999999999999999999", "x", "-1", "%C2%B2"):
        assert dam.get(f"/api/pictures/{number}").status_code == 404


def test_an_owner_sees_own_copies_only(workspace: Workspace, program: Program) -> None:
    owner, key = program("Ho Mei"), cluster(workspace)
    case = owner.get(f"/api/cases/{key}").json()
    assert [one["path"] for one in case["copies"]] == ["again.png"] and case["hidden"] == 2
    for address in ("findings", "copies"):
        rows = owner.get(f"/api/{address}", params={"limit": 200}).json()["rows"]
        assert {one["source"] for one in rows} == {"archive"}
    findings = workspace.table("findings")
    foreign = findings[(findings["source"] == "studio") & (findings["cluster_id"] == "")].iloc[0]
    assert owner.get(f"/api/cases/{foreign.finding_id}").status_code == 404
    said = {"version": case["version"], "findings": [foreign.finding_id], "choice": "agree"}
    assert owner.post(f"/api/cases/{key}/decisions", json=said).status_code == 404
    legal = {"version": case["version"], "holding": case["copies"][0]["holding"], "say": "legal",
             "determination": "not_personal_data", "code": "deceased"}  # fmt: skip
    assert owner.post(f"/api/cases/{key}/judgements", json=legal).status_code == 403
    assert decided(workspace) == 0 and workspace.judgements() == []
    assert owner.get(f"/api/pictures/{content_of(workspace, 'small.jpg')}").status_code == 404


def test_a_token_for_looking_decides_nothing(workspace: Workspace, program: Program) -> None:
    dam, key = program(scope="look"), cluster(workspace)
    case = dam.get(f"/api/cases/{key}").json()
    said = {"version": case["version"], "findings": [case["findings"][0]["finding_id"]], "choice": "agree"}
    assert dam.post(f"/api/cases/{key}/decisions", json=said).status_code == 403
    assert dam.post("/api/batch", json={}).status_code == 403
    assert dam.get("/api/me").json()["rights"] == ["look"]
    assert decided(workspace) == 0


def test_no_token_has_what_is_a_persons_own(program: Program) -> None:
    assert program().get("/api/me").json()["rights"] == ["look", "decide", "law"]
    for page in ("/", "/queue", "/people", "/case/DC-1"):
        assert program().get(page).status_code == 401


def test_tokens_end(house: House, program: Program, clock: Clock, join: Callable[[str], Visitor]) -> None:
    dam, short = program(days=30), program(days=1)
    assert dam.get("/api/me").status_code == short.get("/api/me").status_code == 200
    clock.forward(days=1)
    assert short.get("/api/me").status_code == 401 and dam.get("/api/me").status_code == 200
    assert revoke_tokens(house.project, "Chan Tai Man") == 2
    assert dam.get("/api/me").status_code == 401
    assert [one.state for one in list_tokens(house.project)] == ["revoked", "revoked"]
    settings = house.project.settings_path
    gone = program("Vera Wong", scope="look")
    settings.write_text(settings.read_text("utf-8").replace("Vera Wong", "Other Person"), "utf-8")
    assert gone.get("/api/me").status_code == 401


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer pdpo_guess", "Basic YTpi", "Bearer \u00e9", "pdpo_guess"])
def test_without_a_token_that_counts_nothing_is_answered(sent: str, stranger: Callable[[], Visitor]) -> None:
    answer = stranger().get("/api/findings", headers={b"authorization": sent.encode("latin-1")})
    assert answer.status_code == 401 and set(answer.json()) == {"error", "advice"}


def test_a_session_of_the_pages_is_no_token(join: Callable[[str], Visitor]) -> None:
    assert join("Chan Tai Man").get("/api/findings").status_code == 401


def test_secrets_of_tokens_are_kept_as_digests_only(house: House) -> None:
    token = make_token(house.project, "Chan Tai Man", purpose="x", scope="look", days=1).token
    stored = b"".join(path.read_bytes() for path in house.project.folder.glob("catalogue.db*"))
    assert token.encode() not in stored and token.removeprefix("pdpo_").encode() not in stored
    events = str([one.event.details for one in house.project.store.events()])
    assert token not in events and "Chan Tai Man" in events


@pytest.mark.parametrize(
    ("name", "scope"), [("Nobody", "look"), ("Lee Left", "look"), ("Vera Wong", "decide"), ("Ada Lam", "look"),
                        ("Chan Tai Man", "everything")],
)  # fmt: skip
def test_a_token_is_made_only_for_what_somebody_may(name: str, scope: str, house: House) -> None:
    with pytest.raises(CallError):
        make_token(house.project, name, purpose="x", scope=scope, days=1)


BODIES = [
    b"", b"{", b"[" * 100_000, b'{"version": "\\ud800", "findings": ["x"], "choice": "agree"}',
    b'{"version": "\\u0000", "findings": ["x"], "choice": "agree"}', b"null", b"1e999", b"9" * 5000,
    b'{"version": "x", "findings": [], "choice": "agree"}', b'{"choice": "agree", "more": 1}', b"\xff",
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_none_is_told(body: bytes, workspace: Workspace, program: Program) -> None:
    headers = {"content-type": "application/json"}
    answer = program().post(f"/api/cases/{cluster(workspace)}/decisions", content=body, headers=headers)
    assert answer.status_code == 422 and answer.json()["error"]


def test_what_is_wrong_is_told_as_json(program: Program) -> None:
    dam = program()
    for method, address, code in (
        ("GET", "/api/findings?colour=red", 422), ("GET", "/api/findings?rule=a&rule=b", 422),
        ("GET", "/api/me?x=1", 422), ("GET", "/api/findings?limit=0", 422), ("GET", "/api/nothing", 404),
        ("GET", "/api/findings?rule=%00", 400), ("DELETE", "/api/batch", 405), ("POST", "/api/me", 405),
        ("GET", "/api/cases/DC-NONE", 404), ("GET", "/api/decisions/B-1", 404),
    ):  # fmt: skip
        answer = dam.request(method, address)
        assert answer.status_code == code, address
        assert set(answer.json()) == {"error", "advice"}, address
    large = dam.post("/api/batch", content=b" " * 1_000_001, headers={"content-type": "application/json"})
    assert large.status_code == 413 and large.json()["error"]


def test_a_program_that_calls_too_often_waits(house: House, program: Program) -> None:
    dam = program()
    house.calls.most = 3
    assert [dam.get("/api/me").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_description_names_every_address(stranger: Callable[[], Visitor]) -> None:
    document = stranger().get("/api").json()
    assert document == json.loads(json.dumps(description()))
    named = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    assert named == {(one.method, f"/api{one.path}") for one in OPERATIONS}
    assert document["openapi"].startswith("3.1") and document["security"] == [{"token": []}]
    assert all(found["summary"] for paths in document["paths"].values() for found in paths.values())
