"""The API described as OpenAPI 3.1, out of the operations and their types."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pdpo_audit.model.tool import VERSION
from pdpo_audit.review.api.operations import OPERATIONS, Operation
from pdpo_audit.review.api.shapes import Problem

_REFERENCE = "#/components/schemas/{model}"
#: What can go wrong everywhere, and where there is something to be found, taken or changed.
_WRONG = {
    "400": "the call cannot be", "401": "no token, or one that is expired or revoked",
    "403": "the person's role or the token's scope does not allow it", "405": "another method",
    "422": "not of this form", "429": "too many calls", "503": "the catalogue cannot be used now",
}  # fmt: skip
_ABSENT = {"404": "there is no such thing that this person may see"}
_CHANGED = {"409": "it has changed since, or somebody else has taken it: look again", "413": "too large"}


@cache
def description() -> dict[str, Any]:
    """The whole document."""
    shapes = {shape for one in OPERATIONS for shape in (one.query, one.body, one.answer) if shape} | {Problem}
    named = [(shape, "validation") for shape in sorted(shapes, key=lambda shape: shape.__name__)]
    _, schemas = models_json_schema(named, ref_template=_REFERENCE)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(f"/api{one.path}", {})[one.method.lower()] = _operation(one, schemas["$defs"])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pdpo-audit review",
            "version": VERSION,
            "description": "The verbs of the review pages, for the person whose token is sent.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    words = re.findall(r"\w+", one.path)
    names = re.findall(r"\{(\w+)\}", one.path)
    said: dict[str, Any] = {
        "operationId": "_".join([one.method.lower(), *words]),
        "summary": one.summary,
        "parameters": [_in_path(name) for name in names] + _in_query(one.query, schemas),
        "responses": _answers(one, bool(names)),
    }
    if one.body:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": _schema(one.body)}}}
    return said


def _in_path(name: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0} if name == "content" else {"type": "string", "pattern": "^[^/]+$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(query: type[BaseModel] | None, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    properties: dict[str, Any] = schemas[query.__name__]["properties"] if query else {}
    return [
        {"name": name, "in": "query", "schema": {key: value for key, value in schema.items() if key != "title"}}
        for name, schema in properties.items()
    ]


def _answers(one: Operation, is_named: bool) -> dict[str, Any]:
    content = {"application/json": {"schema": _schema(one.answer)}} if one.answer else {"image/jpeg": {}}
    wrong = _WRONG | (_ABSENT if is_named else {}) | (_CHANGED if one.method == "POST" else {})
    problem = {"application/json": {"schema": _schema(Problem)}}
    return {
        "200": {"description": "done", "content": content},
        **{code: {"description": text, "content": problem} for code, text in sorted(wrong.items())},
    }


def _schema(shape: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=shape.__name__)}
