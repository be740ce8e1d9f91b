"""English words of the workbook for codes that tables carry."""

from __future__ import annotations

UNREVIEWED = (
    "Unreviewed draft until the people of the sheet SignOff have signed the report; sealed by the organisation."
)
LIMITS = (
    "Results of an automated examination of the declared sources at the stated time. Automated similarity and face "
    "detection miss things and mistake things. Whether a picture is personal data, and whether a requirement of the "
    "Personal Data (Privacy) Ordinance has been contravened, are questions of law and fact that this workbook does "
    "not determine. It is not legal advice and not an assurance engagement."
)
MASKED = (
    "Distribution copy: folders and file names are replaced by codes that stay the same within this audit. "
    "The full paths are in the organisation's own copy."
)
SHEETS = (
    ("Summary", "The numbers of the PDF report, with charts."),
    (
        "Cases",
        "Pictures with findings that need action, most urgent first: what the report prints, and more.",
    ),
    ("Holdings", "One row per stored copy, single ones included."),
    ("Clusters", "One row per duplicate cluster: the proposed master, the reason, how many copies."),
    ("Findings", "What each rule says of each holding, with authority and authority rank."),
    ("Dispositions", "One result per holding over all findings: the first rung of the ladder that applies."),
    ("ProposedErasure", "Holdings whose erasure review is due, with columns for two approvals and the execution."),
    ("Links", "Pictures that are related and not duplicates; they never join a duplicate cluster."),
    ("PeopleReview", "Copies for a person's determination. Numbers of faces are bands: 1, 2-5, more than 5."),
    ("Rights_Licences", "What pictures and registers state of rights, licences, releases and consents."),
    ("Skipped", "Everything that was seen and not examined, with why."),
    ("Sources", "The declared sources with owner, place, processor, transfer arrangement, and their results."),
    ("Transfers_Residency", "Where copies lie, and on which basis they lie outside Hong Kong."),
    ("Processors", "The vendors that hold copies, and what their contract has to say (DPP2(3), DPP4(2))."),
    ("RetentionSchedule", "The rules that were applied, with authority, rank, confidence and legal review."),
    (
        "VersionIntegrity",
        "How far the copies of one picture agree with each other, and where their metadata contradict.",
    ),
    ("Exceptions_Holds", "What must not be touched: holds, open requests, complaints."),
    ("Exclusions", "Which parts of the sources were not reached, or are left out by the settings."),
    ("CostModel", "Storage of additional copies: assumed band, and the organisation's own rates."),
    ("FollowUp", "Copies that were made again after a copy of the same picture was proposed for erasure and is gone."),
    ("Changes", "Copies that are new, gone, moved, changed or made again since the previous audit: the first of each."),
    ("Trend", "The numbers of this audit and of those before it, with charts."),
    ("ActionPlan", "What is asked of each owner, by when."),
    ("SignOff", "Who must sign, and their decision."),
    ("DestructionLog", "To fill in when an erasure that was approved is carried out: one line a copy."),
    ("EvidenceLog", "The event log: each line carries the digest of the one before."),
    ("Glossary", "The words of the reports in English and Traditional Chinese."),
)
OUTCOMES = {
    "on_hold": "On hold: must not be touched",
    "conflict": "Rules conflict: a person decides",
    "must_keep": "Must be kept",
    "due": "Due: see the act (only erase is an erasure review)",
    "cannot_decide": "Cannot be decided: a fact is missing",
    "not_yet_due": "Not yet due (no permission to keep)",
    "flag": "Observation only",
    "no_rule": "No rule covers it (no clearance)",
}
WINDOWS = {
    "passed": "Day has passed",
    "30_days": "Within 30 days",
    "90_days": "Within 90 days",
    "one_year": "Within a year",
    "later": "Later",
    "no_date": "No day given",
}
MEASURES = {
    "holdings": "Holdings (stored copies)",
    "bytes": "Bytes of all holdings",
    "pictures": "Distinct pictures",
    "clusters": "Duplicate clusters",
    "holdings_in_clusters": "Holdings in duplicate clusters",
    "additional_copies": "Additional copies",
    "additional_bytes": "Bytes of additional copies",
    "not_decoded": "Holdings not decoded",
    "skipped": "Seen and not examined",
    "findings": "Findings",
    "findings_for_action": "Findings that need action",
    "dispositions": "Dispositions",
    "links": "Related pictures that are not duplicates",
    "events": "Events in the log",
}
FOLLOWED = {
    "proposed": "Erasure review was due then",
    "gone": "Gone: no longer at their place",
    "held": "Still at their place",
    "moved": "Moved within their source",
    "joined": "First seen since, of pictures that were counted before",
    "returned_copies": "Of these, made again: a copy of the same picture was proposed for erasure and is gone",
}
RANKS = {
    "ordinance": "Ordinance",
    "subsidiary_legislation": "Subsidiary legislation",
    "court": "Court",
    "aab": "Administrative Appeals Board",
    "code_of_practice": "Code of practice",
    "pcpd_guidance": "PCPD guidance",
    "sector_regulator": "Sector regulator",
    "contract": "Contract",
    "government_administrative": "Internal rule of the government, not law",
    "organisation_policy": "Organisation policy, adopted in writing",
    "recorded_event": "Recorded event (no law fixes a day)",
    "suggested_default": "Suggested by the rule pack, not adopted",
    "custom": "Custom",
    "unstated": "Not stated",
}
ROLES = {
    "legal": "Legal",
    "compliance": "Compliance",
    "communications": "Communications",
    "dpo": "Data Protection Officer",
    "owner": "Data owner",
}
PADES = {
    "B-B": "PAdES B-B: without a timestamp",
    "B-T": "PAdES B-T: with a timestamp",
    "B-LT": "PAdES B-LT: with a timestamp and the issuers' answers on revocation",
}
CONTRADICTIONS = {
    "captured_at": "date of capture",
    "caption": "caption",
    "artist": "creator",
    "credit": "credit line",
    "rights": "copyright notice",
    "usage_terms": "terms of use",
    "model_release": "model release",
    "property_release": "property release",
    "minor_age": "age declared",
    "licence_ends_on": "end of the licence",
}
