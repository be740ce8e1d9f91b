"""The verbs beside findings and cases, by the same functions as their pages."""

from __future__ import annotations

from dataclasses import asdict

from pdpo_audit.review.api import further_shapes as shapes
from pdpo_audit.review.api.verbs import Call
from pdpo_audit.workspace.changes import what_changed
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.report.signing_on_pages import sealed_report
from pdpo_audit.workspace.review.beside import keepers, keeping
from pdpo_audit.workspace.review.beside.second_looks import waiting_looks
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.cases import Case, open_case
from pdpo_audit.workspace.rules.open_questions import answer_question, open_questions
from pdpo_audit.workspace.sampling.on_pages import open_sample
from pdpo_audit.workspace.sampling.results import sample_results


def questions(call: Call) -> shapes.Questions:
    """The facts that copies in this person's sources wait for"""
    rows = [
        shapes.Question(
            source=one.source, fact=one.fact, text=dict(one.text), choices=[choice.value for choice in one.choices],
            kind="choice" if one.choices else one.kind, waiting=one.holdings,
        )
        for one in open_questions(call.project, call.reviewer.sources)
    ]  # fmt: skip
    return shapes.Questions(rows=rows)


def answer(call: Call) -> shapes.Questions:
    """Answer one; it counts from the next assessment on. Gives what is open then"""
    answer_question(call.project, call.reviewer.sources, by=call.reviewer.name, **call.body.model_dump())
    return questions(call)


def metadata(call: Call) -> shapes.Metadata:
    """What the copies of a case say beyond their master, and what is kept with it"""
    return _metadata(call, open_case(call.project, call.reviewer, call.path["key"]))


def keep_metadata(call: Call) -> shapes.Metadata:
    """Keep fields of the copies with the master; no source is written to"""
    found, _ = unchanged(call.project, call.reviewer, call.path["key"], call.body.version)
    keeping.keep(call.project, call.reviewer, found, call.body.fields, call.body.reason)
    return metadata(call)


def let_go_metadata(call: Call) -> shapes.Metadata:
    """Take back what was kept"""
    found, _ = unchanged(call.project, call.reviewer, call.path["key"], call.body.version)
    keeping.let_go(call.project, call.reviewer, found, call.body.number)
    return metadata(call)


def preview_masters(call: Call) -> shapes.Masters:
    """What it would mean to prefer masters below a folder; nothing is recorded"""
    asked = call.body
    found = keepers.preview_keeper(
        call.project, call.reviewer, asked.source, asked.folder, also_poorer=asked.also_poorer
    )
    return shapes.Masters(
        version=found.version, count=found.count, there=found.there, judged=found.judged, poorer=found.poorer,
        changes=[shapes.MasterChange(**asdict(one)) for one in found.changes],
    )  # fmt: skip


def confirm_masters(call: Call) -> shapes.MastersDone:
    """Confirm masters as their preview showed them"""
    said = call.body
    act = keepers.apply_keeper(
        call.project, call.reviewer, said.source, said.folder, also_poorer=said.also_poorer, reason=said.reason,
        seen=said.version, typed=str(said.count),
    )  # fmt: skip
    return shapes.MastersDone(act=act, masters=len(keepers.kept_by(call.project, call.reviewer, act)))


def undo_masters(call: Call) -> shapes.MastersDone:
    """Take back what was confirmed together"""
    act = call.path["act"]
    keepers.undo_keeper(call.project, call.reviewer, act)
    return shapes.MastersDone(act=act, masters=0)


def second_looks(call: Call) -> shapes.SecondLooks:
    """The cases that wait for this person as the second; they are read on the pages"""
    rows = [
        shapes.SecondLook(number=one.number, case=one.case_key, why=one.why, since=one.drawn_at)
        for one in waiting_looks(call.project, call.reviewer)
    ]
    return shapes.SecondLooks(rows=rows)


def sign_offs(call: Call) -> shapes.SignOffs:
    """Who has to sign the newest sealed report, and who has"""
    found = sealed_report(call.project)
    if found is None:
        return shapes.SignOffs(audit_id="", draft_reasons=[], required=[], signed=[])
    signed = [
        shapes.SignOffDone(
            role=one.role.value, name=one.name, decision=one.decision.value if one.decision else "", at=one.signed_at
        )
        for one in found.signed
    ]
    return shapes.SignOffs(
        audit_id=found.audit_id, draft_reasons=list(found.draft_reasons), required=list(found.required), signed=signed
    )


def dues(call: Call) -> shapes.Dues:
    """What is due and overdue; for who sees every source"""
    status = schedule_status(call.project)
    rows = [
        shapes.Due(
            due_on=one.due_on.isoformat(), subject=one.subject.value, name=one.name, slot=one.slot,
            standing=one.standing.value, count=one.count,
        )
        for one in status.dues
    ]  # fmt: skip
    return shapes.Dues(on=status.on.isoformat(), rows=rows)


def changes(call: Call) -> shapes.Changes:
    """What changed since the audit before, and the trend over all; for who sees every source"""
    found = what_changed(call.project)
    return shapes.Changes(
        audit_id=found.audit_id,
        delta={name: value for name, value in found.delta.items() if name != "listed"},
        trend=[shapes.Point(**asdict(one)) for one in found.trend.points],
        left_out=list(found.trend.left_out),
    )


def samples(call: Call) -> shapes.Samples:
    """How far the manual check of the face pass is; for who may judge it. Pictures are judged on the pages"""
    found = open_sample(call.project, call.reviewer)
    return shapes.Samples(
        size=found.size if found else 0, answered=found.answered if found else 0,
        drawn_on=found.drawn_on if found else "", result=sample_results(call.project),
    )  # fmt: skip


def _metadata(call: Call, found: Case) -> shapes.Metadata:
    return shapes.Metadata(
        version=found.version,
        offered=[
            shapes.OfferedField(field=one.field, texts=list(one.texts))
            for one in keeping.offered(found, call.reviewer)
        ],
        kept=[
            shapes.KeptMetadata(
                number=one.number, values={name: list(texts) for name, texts in one.values.items()}, by=one.by,
                at=one.at, reason=one.reason,
            )
            for one in keeping.kept_with(call.project, found)
        ],
    )  # fmt: skip
