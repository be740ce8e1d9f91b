"""What is asked of a line at the moment of its act; a fault leaves the copy alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pdpo_audit.catalogue.disposition.plans import StoredPlan, on_their_way
from pdpo_audit.catalogue.sayings.holds import load_holds
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.disposition.permissions import Circumstances, may
from pdpo_audit.model.disposition.acts import Detail, DisposalAct
from pdpo_audit.model.disposition.approvals import LEGAL, Standing
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.model.findings import Outcome
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.ports.disposers import LeftAlone
from pdpo_audit.workspace.acts.approving import standing
from pdpo_audit.workspace.acts.standing import LadderNow, Now, case_of, why_settings_forbid
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.matters import standing_holds


@dataclass(slots=True, kw_only=True)
class Gate:
    """Everything that an act asks first: ladder, approvals, settings, copies that stay. Asked inside a transaction."""

    project: Project
    stored: StoredPlan
    ladder: LadderNow
    approvals: Standing | None = None

    def renew(self) -> None:
        """Work everything out anew where something has changed."""
        self.ladder.refresh()
        with self.project.store.reading() as connection:
            self.approvals = standing(self.project, self.stored, Transaction(connection=connection))

    def is_fresh(self, transaction: Transaction) -> bool:
        """Whether nothing has changed since; otherwise the transaction ends, and ``renew`` comes first."""
        return self.approvals is not None and self.ladder.is_fresh(transaction)

    def admit(self, item: PlanItem) -> Now:
        """The copy's own facts, where its act may be done now.

        :raises LeftAlone: approvals, settings or outcome do not allow it.
        """
        _check_approved(self.approvals, self.project.clock())
        if why_settings_forbid(self.project.settings, item.act, item.source):
            raise LeftAlone(Detail.NOT_ALLOWED, "the settings do not allow it")
        now = self.ladder.of(item.source, item.path)
        if now is None or now.sha256 != item.sha256:
            raise LeftAlone(Detail.NOT_ASSESSED, "the catalogue knows no such copy at its place any more")
        self._check_outcome(item, now)
        return now

    def admit_end(self, item: PlanItem) -> None:
        """That a copy that waits in the quarantine may end now.

        :raises LeftAlone: a hold froze it, or its outcome allows no more what was done.
        """
        now = self.ladder.of(item.source, item.path)
        if now is None or now.sha256 != item.sha256:
            _check_unheld(self.project, item)  # a purge forgot it, or another file took its place: holds count still
            return
        self._check_outcome(item, now)

    def _check_outcome(self, item: PlanItem, now: Now) -> None:
        case = self.circumstances(item, now)
        if not may(item.act, case):
            held = case.outcome is Outcome.ON_HOLD
            raise LeftAlone(Detail.ON_HOLD if held else Detail.OUTCOME, f"it is {case.outcome.value} now")

    def circumstances(self, item: PlanItem, now: Now) -> Circumstances:
        """The case of the contract's table as it stands at this moment."""
        counted = self.approvals.counted if self.approvals else ()
        return case_of(
            now,
            decided=bool(item.decision),
            preserved=any(keeper.sha256 == item.sha256 for keeper in item.keepers),
            legal=any(one.role == LEGAL for one in counted),
            excepted=_excepted(item, self.project.clock().date()),
        )

    def keepers_stay(self, transaction: Transaction, item: PlanItem) -> None:
        """That no plan takes away what must stay, and that enough stays.

        :raises LeftAlone: one would go, or too few are named.
        """
        self.keepers_not_taken(transaction, item)
        now = self.ladder.of(item.source, item.path)
        due = now is not None and now.outcome is Outcome.DUE
        needed = self.project.settings.disposition.copies_that_stay
        if item.act is DisposalAct.ERASE and not due and len(item.keepers) < needed:
            raise LeftAlone(Detail.NO_COPY_LEFT, f"fewer than {needed} copies would stay")

    def keepers_not_taken(self, transaction: Transaction, item: PlanItem) -> None:
        """That no plan has taken, or is about to take, a copy that must stay, and that none has become due itself.

        :raises LeftAlone: one has, or is.
        """
        places = [(keeper.source, keeper.path) for keeper in item.keepers]
        if on_their_way(transaction.connection, places):
            raise LeftAlone(Detail.NO_COPY_LEFT, "a plan takes away the copy that stays")
        for place in places:
            now = self.ladder.of(*place)
            if now is not None and now.outcome is Outcome.DUE:
                raise LeftAlone(Detail.NO_COPY_LEFT, "the copy that stays is due itself now")


def _check_unheld(project: Project, item: PlanItem) -> None:
    """:raises LeftAlone: a hold or open matter selects the copy by what the plan knows of it; the unknown is held."""
    import pandas as pd

    known = {"source": item.source, "path": item.path, "sha256": item.sha256, "cluster_id": item.cluster_id}
    holds = [*load_holds(project.store), *standing_holds(project)]
    if (select(holds, pd.DataFrame([known]), project.clock().date()).rows > 0).any():
        raise LeftAlone(Detail.ON_HOLD, "a hold or an open matter selects it now")


def _excepted(item: PlanItem, today: date) -> bool:
    return bool(item.until) and date.fromisoformat(item.until) >= today


def _check_approved(approvals: Standing | None, now: datetime) -> None:
    if approvals is None or not approvals.approved:
        expired = approvals is not None and approvals.expired
        raise LeftAlone(Detail.EXPIRED if expired else Detail.NOT_APPROVED, "the plan is not approved now")
    if datetime.fromisoformat(approvals.ends_at) <= now:
        raise LeftAlone(Detail.EXPIRED, "an approval is older than it may be")
    if any(datetime.fromisoformat(one.at) > now + timedelta(minutes=5) for one in approvals.counted):
        raise LeftAlone(Detail.NOT_APPROVED, "the clock is before an approval: it cannot be right")
