"""Why a report may not be more than a draft."""

from __future__ import annotations

from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.identities import Seal


def draft_reasons(project: Project, seal: Seal) -> list[str]:
    """Why the report may not be more than a draft, in words for its readers."""
    settings = project.settings
    reasons = []
    if not settings.audit.authorised_by:
        reasons.append("nobody is named who authorised this audit")
    ownerless = [source.name for source in settings.sources if not source.owner]
    if ownerless:
        reasons.append(f"no accountable owner is named for {', '.join(ownerless)}")
    if not settings.organisation.name:
        reasons.append("the organisation is not named")
    reasons += settings.contradictions(project.clock().date())
    roles = settings.holders(project.clock().date())
    # Owners are named with their sources.
    unnamed = [role for role in settings.report.required_sign_offs if role != "owner" and not roles.get(role)]
    reasons += [f"nobody is named to sign for {role}" for role in unnamed]
    if seal.throw_away:
        reasons.append("sealed with a throw-away key that identifies nobody")
    return reasons
