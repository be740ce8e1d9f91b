"""The tables of the catalogue. Observations hang on the content's digest and the method that made them.

Every change here is a numbered migration in ``catalogue/migrations``; a test compares the two.
"""

from pdpo_audit.catalogue.schema.alarms import disposal_alarms
from pdpo_audit.catalogue.schema.audits import audit_counts, audits, dispositions, findings, terms
from pdpo_audit.catalogue.schema.clusters import cluster_contents, clusters, elections, pairs
from pdpo_audit.catalogue.schema.disposals import (
    disposal_approvals,
    disposal_items,
    disposal_log,
    disposal_plans,
    disposal_returns,
)
from pdpo_audit.catalogue.schema.holdings import contents, fingerprints, folders, holdings, passed_over, roots, sources
from pdpo_audit.catalogue.schema.house import counters, facts_of_catalogue, made_files, remembered_places
from pdpo_audit.catalogue.schema.kinds import metadata
from pdpo_audit.catalogue.schema.log import event_texts, events
from pdpo_audit.catalogue.schema.people import face_readings, faces, levels
from pdpo_audit.catalogue.schema.reviewing import (
    decisions,
    invitations,
    kept_metadata,
    leased_cases,
    leases,
    page_sign_offs,
    review_accesses,
    review_sessions,
    review_tokens,
    saved_filters,
    second_look_findings,
    second_looks,
)
from pdpo_audit.catalogue.schema.sayings import (
    answers,
    determinations,
    hold_contents,
    holds,
    judgements,
    people,
    questions_put,
    rule_standings,
)
from pdpo_audit.catalogue.schema.schedules import notices, plans, review_records, slots
from pdpo_audit.catalogue.schema.text import text_marks, text_readings

__all__ = [
    "answers", "audit_counts", "audits", "cluster_contents", "clusters", "contents", "counters", "decisions",
    "determinations", "disposal_alarms", "disposal_approvals", "disposal_items", "disposal_log", "disposal_plans",
    "disposal_returns",
    "dispositions", "elections", "event_texts", "events", "face_readings", "faces",
    "facts_of_catalogue", "findings", "fingerprints", "folders", "hold_contents", "holdings", "holds", "invitations",
    "judgements", "kept_metadata", "leased_cases", "leases", "levels", "made_files", "metadata", "notices",
    "page_sign_offs", "pairs", "passed_over", "people", "plans", "questions_put", "remembered_places",
    "review_accesses", "review_records", "review_sessions", "review_tokens", "roots", "rule_standings",
    "saved_filters", "second_look_findings", "second_looks", "slots", "sources", "terms",
    "text_marks", "text_readings",
]  # fmt: skip
