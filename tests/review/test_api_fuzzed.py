"""Schemathesis calls the API as its description allows and as it does not: it keeps to its word, and never breaks."""

from __future__ import annotations

import logging
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.testclient import TestClient

from pdpo_audit import Workspace
from pdpo_audit.review.api.operations import OPERATIONS, Operation
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.review.entering.tokens import make_token
from pdpo_audit.workspace.review.picturing import Pictures
from tests.review.conftest import Clock
from tests.review.test_access import cluster
from tests.review.test_many import NONSENSE

HOST = "testserver"  # as schemathesis calls what it calls in this process
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, ignored_auth,
    unsupported_method,
]  # fmt: skip


@pytest.fixture(scope="module")
def called(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object, dict[str, str]]]:
    """The API as schemathesis knows it, and the token to call it with: one workspace for all calls."""
    folder = tmp_path_factory.mktemp("fuzzed") / "review"
    shutil.copytree(made, folder)
    workspace = Workspace.open(folder / "audit", clock=Clock())
    house = House(project=workspace.project, pictures=Pictures(workspace.project))
    house.calls.most = 10**9
    app = application(house, scheme="http", hosts={HOST})
    app.allowance.most = 10**9
    token = make_token(workspace.project, "Chan Tai Man", purpose="fuzzing", scope="decide", days=1).token
    yield schemathesis.openapi.from_asgi("/api", app), {"Authorization": f"Bearer {token}"}
    house.pictures.close()
    workspace.close()


def test_chance_calls_with_what_there_is(workspace: Workspace, house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Names, versions and findings that exist, mixed with what nobody should send, in fields that are known."""
    token = make_token(house.project, "Chan Tai Man", purpose="chance", scope="decide", days=1).token
    house.calls.most = 10**9
    app = application(house, scheme="http", hosts={HOST})
    program = TestClient(app, headers={"authorization": f"Bearer {token}"}, raise_server_exceptions=False)
    key, chance = cluster(workspace), random.Random(21)
    codes: Counter[int] = Counter()
    with caplog.at_level(logging.ERROR, "pdpo_audit.review"):
        for _ in range(300):
            one = chance.choice(OPERATIONS)
            case = program.get(f"/api/cases/{key}").json()
            known = [key, case["version"], *(row["finding_id"] for row in case["findings"]), *NONSENSE]
            path = re.sub(r"\{\w+\}", quote(str(chance.choice([key, key, *known])), safe=""), one.path)
            shape = one.query or one.body
            said = {name: chance.choice(_values(name, case, known)) for name in (shape.model_fields if shape else ())}
            if one.query:
                answer = program.get(f"/api{path}", params={name: str(value) for name, value in said.items()})
            else:
                answer = program.request(one.method, f"/api{path}", json=said if one.body else None)
            codes[answer.status_code] += 1
    assert "a fault of the program" not in caplog.text
    assert not [code for code in codes if code >= 500] and codes[200] > 60 and len(codes) > 3, codes


def _values(name: str, case: dict[str, Any], known: list[str]) -> list[Any]:
    """What a field may get: mostly what fits."""
    ids = [row["finding_id"] for row in case["findings"]]
    fitting: dict[str, list[Any]] = {
        "version": [case["version"]] * 3, "findings": [ids, ids[:2], ["x"]], "choice": ["agree", "disagree", "keep"],
        "until": ["2027-01-01", None], "role": ["", "legal"], "filters": [{}, {"rule": "T-01"}, {"path": "x"}],
        "holding": [one["holding"] for one in case["copies"]], "say": ["master", "reject", "nobody", "legal"],
        "decision": [{"choice": "agree"}, {"choice": "escalate", "reason": "x", "role": "dpo"}], "size": [1, 20],
        "after": [-1, 3], "limit": [5, 200], "due_until": ["2026-12-31", "2001-01-01"], "instead": [True, False],
        "determination": ["personal_data", None], "code": ["deceased", None], "count": [0, 27],
        "severity": ["major"], "status": ["open", "decided"],
        "fact": ["campaign.ended_on", "people.level"], "value": ["2024-01-01", "yes"],
        "fields": [["description"], ["x"]],
        "folder": ["", "single"], "also_poorer": [True, False], "number": [1, 7],
        "source": ["studio", "archive"], "outcome": ["due"],
    }  # fmt: skip
    return fitting.get(name, ["", "x"]) * 3 + known[-4:]


def named(one: Operation) -> str:
    return f"{one.method} {one.path}"


@pytest.mark.parametrize("one", OPERATIONS, ids=named)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_the_api_keeps_to_its_description(
    one: Operation, mode: GenerationMode, called: tuple[object, dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    schema, headers = called
    operation = schema[f"/api{one.path}"][one.method]  # type: ignore[index]
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE and one.body else CHECKS

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def call(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=headers, checks=checks)

    with caplog.at_level(logging.ERROR, "pdpo_audit.review"):
        call()
    assert "a fault of the program" not in caplog.text
