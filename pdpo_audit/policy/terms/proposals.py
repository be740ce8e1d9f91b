"""What rules propose, and the act that each proposal comes to."""

from __future__ import annotations

from enum import StrEnum

from pdpo_audit.model.findings import Act


class Proposal(StrEnum):
    """What a rule proposes; people decide."""

    KEEP_ONE_MASTER = "keep_one_master"
    ERASE_THIS_COPY = "erase_this_copy"
    ERASE_ADDITIONAL_COPIES = "erase_additional_copies"
    ERASE_ALL_COPIES = "erase_all_copies"
    RECORD_PURPOSE_OR_ERASE = "record_purpose_or_erase"
    RECORD_PURPOSE = "record_purpose"
    RECORD_OWNER = "record_owner"
    RECORD_CLASS = "record_class"
    RECORD_TRANSFER_BASIS = "record_transfer_basis"
    RECORD_CONTRACT = "record_contract"
    RECORD_LICENCE = "record_licence"
    RESTRICT_ACCESS = "restrict_access"
    UNPUBLISH = "unpublish"
    MOVE_TO_PROPER_SYSTEM = "move_to_proper_system"
    MASK_PEOPLE = "mask_people"
    STRIP_METADATA = "strip_metadata"
    STOP_USE = "stop_use"
    ADOPT_PERIOD = "adopt_period"
    RECORD_NOTICE = "record_notice"
    RENEW_OR_RETIRE = "renew_or_retire"
    SEEK_CONSENT = "seek_consent"
    REVIEW = "review"
    KEEP = "keep"
    # Set by the ladder in place of a rule's own proposal:
    KEEP_ON_HOLD = "keep_on_hold"
    DECIDE = "decide"


#: The act that a proposal comes to, where a rule does not say otherwise; a review where it is not listed.
ACTS: dict[Proposal, Act] = {
    Proposal.ERASE_THIS_COPY: Act.ERASE,
    Proposal.ERASE_ADDITIONAL_COPIES: Act.ERASE,
    Proposal.ERASE_ALL_COPIES: Act.ERASE,
    Proposal.RECORD_PURPOSE_OR_ERASE: Act.REVIEW,
    Proposal.RESTRICT_ACCESS: Act.RESTRICT,
    Proposal.UNPUBLISH: Act.TAKE_DOWN,
    Proposal.MASK_PEOPLE: Act.MASK,
    Proposal.STRIP_METADATA: Act.STRIP,
    Proposal.STOP_USE: Act.STOP_USE,
    Proposal.SEEK_CONSENT: Act.STOP_USE,
    Proposal.RENEW_OR_RETIRE: Act.RENEW,
}
