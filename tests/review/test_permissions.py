"""Who may do what is one rule for pages and API: every entrance is tried in every role, against a table of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.routing import Route

from pdpo_audit import Workspace
from pdpo_audit.policy.stating.decisions import ROLES
from pdpo_audit.review.access.entrances import Entrance
from pdpo_audit.review.api.operations import OPERATIONS, Operation
from pdpo_audit.review.application import ROUTES
from pdpo_audit.workspace.review.entering.acts import Act, permits
from pdpo_audit.workspace.review.reviewers import Right, reviewer_named, roles_with
from tests.review.conftest import ORIGIN, SETTINGS, Visitor
from tests.review.test_api import Program, program
from tests.review.test_every_form import ENTRANCES, UPLOADS, address

__all__ = ["program"]

EVERYBODY = {"reviewer", "legal", "dpo", "compliance", "communications", "owner", "viewer", "admin"}
LOOKING = EVERYBODY - {"admin"}
DECIDING = LOOKING - {"viewer"}
SIGNING = DECIDING - {"reviewer"}
SEEING = DECIDING - {"communications"}
#: The roles that may, as docs/review.md has them; of people who see every source.
MAY = {
    Act.LOOK: LOOKING, Act.DUES: LOOKING, Act.CHANGES: LOOKING, Act.DECIDE: DECIDING, Act.REVEAL: SEEING,
    Act.SAMPLES: SEEING, Act.SIGN: SIGNING, Act.LAW: {"legal", "dpo"}, Act.ADOPT: {"legal", "dpo", "compliance"},
    Act.PLANS: LOOKING, Act.HAND_IN: SIGNING, Act.UNDO: SIGNING, Act.SET_UP: {"admin"}, Act.LEAVE: EVERYBODY,
}  # fmt: skip
#: Acts that are for who sees every source.
OF_ALL = {Act.DUES, Act.CHANGES, Act.SAMPLES, Act.ADOPT, Act.PLANS, Act.HAND_IN, Act.UNDO}
#: Where a person does by hand what an operation of the API does.
PAGE_OF = {
    "GET /me": "GET /", "GET /standing": "GET /", "GET /findings": "GET /queue", "GET /copies": "GET /queue",
    "GET /cases/{key}": "GET /case/{key}", "POST /cases/{key}/decisions": "POST /case/{key}/decide",
    "POST /cases/{key}/judgements": "POST /case/{key}/judge", "POST /groups/preview": "POST /group",
    "POST /groups/decisions": "POST /group/decide", "GET /decisions/{batch}": "GET /decided/{batch}",
    "POST /decisions/{batch}/undo": "POST /decided/{batch}/undo", "GET /batch": "GET /batch",
    "POST /batch": "POST /batch", "POST /batch/return": "POST /batch/return",
    "GET /pictures/{content}": "GET /picture/{content:int}", "GET /questions": "GET /questions",
    "POST /questions/answers": "POST /questions", "GET /cases/{key}/metadata": "GET /case/{key}",
    "POST /cases/{key}/metadata": "POST /case/{key}/keep",
    "POST /cases/{key}/metadata/let-go": "POST /case/{key}/let-go", "POST /keepers/preview": "GET /keepers",
    "POST /keepers": "POST /keepers", "POST /keepers/{act}/undo": "POST /keepers/{act}/undo",
    "GET /second-looks": "GET /second", "GET /sign-offs": "GET /sign", "GET /changes": "GET /changes",
    "GET /samples": "GET /samples",
}  # fmt: skip
#: Of the start page, which shows it to the same people and the rest to others.
PART_OF_A_PAGE = {"GET /dues"}


def pages() -> dict[str, Entrance]:
    return {f"{one.method} {one.path}": one for one in ROUTES if isinstance(one, Entrance)}


def operations() -> dict[str, Operation]:
    return {f"{one.method} {one.path}": one for one in OPERATIONS}


def people(workspace: Workspace, roles: set[str]) -> dict[str, tuple[str, bool]]:
    """Somebody in each of the roles who sees everything, and counsel who sees one source: role and whether all."""
    found, entries = {}, ""
    for role, sees in [(role, '["studio", "archive"]') for role in sorted(roles)] + [("legal", '["archive"]')]:
        name = f"{role} of {sees.count(',') + 1}"
        entries += f'\n[[people]]\nname = "{name}"\nroles = ["{role}"]\nsees = {sees}\n'
        found[name] = (role, "," in sees)
    (workspace.project.folder / "pdpo-audit.toml").write_text(SETTINGS + entries, "utf-8")
    workspace.project.refresh()
    return found


def may(act: Act, role: str, *, sees_all: bool) -> bool:
    return role in MAY[act] and (sees_all or act not in OF_ALL)


def test_every_address_is_an_entrance_with_its_act_or_a_way_in() -> None:
    others = {one.path for one in ROUTES if isinstance(one, Route) and not isinstance(one, Entrance)}
    assert {one for one in others if not one.startswith("/api")} == set(ENTRANCES)
    assert set(MAY) == set(Act) and {one.act for one in pages().values()} >= set(Act) - {Act.LAW, Act.DUES}


def test_spreadsheets_and_commands_offer_the_roles_that_decide() -> None:
    assert set(ROLES) == DECIDING == set(roles_with(Right.DECIDE))


def test_an_operation_is_for_the_act_of_its_page() -> None:
    assert set(PAGE_OF) | PART_OF_A_PAGE == set(operations())
    for name, one in operations().items():
        if name in PAGE_OF:
            assert one.act is pages()[PAGE_OF[name]].act, name


def test_each_role_may_what_the_table_says(workspace: Workspace) -> None:
    for name, (role, sees_all) in people(workspace, EVERYBODY).items():
        reviewer = reviewer_named(workspace.project, name, session=b"", browser=b"")
        assert reviewer is not None
        found = {act for act in Act if permits(reviewer, act)}
        assert found == {act for act in Act if may(act, role, sees_all=sees_all)}, name


def test_every_entrance_lets_in_the_same_people(workspace: Workspace, join: Callable[[str], Visitor]) -> None:
    for name, (role, sees_all) in people(workspace, {"communications", "viewer", "admin"}).items():
        visitor = join(name)
        token = visitor.token
        for where, one in pages().items():
            method, _, path = where.partition(" ")
            if path == "/leave":
                continue
            files = {"file": ("x", b"x")} if method == "POST" and path in UPLOADS else None
            data = {"csrf": token} if method == "POST" else None
            answer = visitor.request(
                method, address(path, workspace), data=data, files=files, headers={"origin": ORIGIN},
                follow_redirects=False,
            )  # fmt: skip
            assert (answer.status_code != 403) == may(one.act, role, sees_all=sees_all), (name, where)
            assert answer.status_code < 500, (name, where)
        assert visitor.submit("/leave").status_code == 200 and visitor.get("/queue").status_code == 401


@pytest.mark.parametrize(("scope", "roles"), [("look", {"reviewer", "viewer"}), ("decide", {"communications"})])
def test_the_api_lets_in_whom_the_pages_let_in(
    workspace: Workspace, program: Program, scope: str, roles: set[str]
) -> None:
    for name, (role, sees_all) in people(workspace, roles).items():
        caller = program(name, scope=scope)
        for where, one in operations().items():
            answer = caller.request(one.method, address(f"/api{one.path}", workspace), json={} if one.body else None)
            reaches = one.act is not Act.DECIDE or scope == "decide"
            assert (answer.status_code != 403) == (reaches and may(one.act, role, sees_all=sees_all)), (name, where)
            assert answer.status_code < 500, (name, where)
