"""The public face of a workspace: every verb of the command line as a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdpo_audit.errors import CallError
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import Project, ScanOptions, find_workspace
from pdpo_audit.workspace.setup.run_lock import run_lock

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.model.judgements import Judgement, LegalDetermination, LegalReason
    from pdpo_audit.pipeline.results import ScanSummary
    from pdpo_audit.workspace.catalogues.merging import Merged
    from pdpo_audit.workspace.catalogues.shards import Shard
    from pdpo_audit.workspace.catalogues.visiting import Visited
    from pdpo_audit.workspace.report.reporting import ReportSummary
    from pdpo_audit.workspace.review.judging import ShownJudgement
    from pdpo_audit.workspace.rules.assessing import AssessmentSummary
    from pdpo_audit.workspace.sampling.timing import ScanForecast
    from pdpo_audit.workspace.scan.sorting import SortedFiles, SortingReport
    from pdpo_audit.workspace.setup.initialising import Answers
    from pdpo_audit.workspace.status import Status

__all__ = ["Workspace"]


class Workspace:
    """An audit project on disk: a folder with ``pdpo-audit.toml``, the catalogue and the reports.

    Each verb loads its stage when it is called: a re-scan must not wait for the PDF writer.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    @classmethod
    def open(cls, folder: str | Path | None = None, **ways: Any) -> Workspace:
        """The workspace in ``folder``, or the nearest one from here upwards; CallError where there is none."""
        if folder is None:
            folder = find_workspace(Path.cwd())
            if folder is None:
                raise CallError("there is no workspace here", advice="pdpo-audit init DIR, or --workspace DIR")
        return cls(Project(Path(folder), **ways))

    @classmethod
    def create(cls, folder: str | Path, answers: Answers | None = None, **ways: Any) -> Workspace:
        """A new workspace."""
        from pdpo_audit.workspace.setup.initialising import Answers, create_workspace

        create_workspace(Path(folder), answers or Answers())
        return cls(Project(Path(folder), **ways))

    def add(self, *paths: str | Path) -> list[str]:
        """Declare folders that no source names yet; the names they got."""
        from pdpo_audit.workspace.setup.initialising import add_sources, name_sources

        declared = {source.uri for source in self.project.sources()}
        fresh = [Path(path) for path in paths if str(Path(path).resolve()) not in declared]
        answers = name_sources(fresh, [source.name for source in self.project.settings.sources])
        add_sources(self.project.settings_path, answers)
        self.project.reload()
        return [answer.name for answer in answers]

    def scan(self, options: ScanOptions | None = None) -> ScanSummary:
        """Inventory, fingerprints, duplicate clusters, people."""
        from pdpo_audit.workspace.scan.scanning import scan

        summary = scan(self.project, options or ScanOptions())
        if summary.vanished or summary.changed:
            from pdpo_audit.workspace.acts.tasks import check_off

            check_off(self.project)
        if summary.examined.returned:
            from pdpo_audit.workspace.plans.waking import tell_returns

            tell_returns(self.project)
        return summary

    def forecast(self, options: ScanOptions | None = None, *, seed: int) -> ScanForecast:
        """How long a scan will take and what it will read, from a sample drawn by ``seed``; nothing is recorded."""
        from pdpo_audit.workspace.sampling.timing import forecast

        return forecast(self.project, options or ScanOptions(), seed=seed)

    def write_shard(self, part: str = "1/1", *, masked: bool = False) -> Shard:
        """Write what was scanned as a sealed shard, for a merge at another site; nothing is sent."""
        from pdpo_audit.workspace.catalogues.shards import write_shard
        from pdpo_audit.workspace.scan.parts import read_part

        return write_shard(self.project, read_part(part), masked=masked)

    def merge(self, *shards: str | Path, signers: Sequence[str] = ()) -> Merged:
        """Join the shards of other sites in this workspace, which scans nothing itself."""
        from pdpo_audit.workspace.catalogues.merging import merge

        return merge(self.project, [Path(one) for one in shards], signers=signers)

    def verify_pairs(self, at: Mapping[str, Path], chosen: str | Path | None = None) -> Visited:
        """Compare pairs that a merge listed, where the files of both sites can be read now."""
        from pdpo_audit.workspace.catalogues.visiting import verify_pairs

        return verify_pairs(self.project, at, None if chosen is None else Path(chosen))

    def sort_files(self, options: ScanOptions | None = None) -> SortedFiles:
        """Group the files of the sources by metadata alone: quick, blind, and not recorded."""
        from pdpo_audit.workspace.scan.sorting import sort_files

        return sort_files(self.project, options or ScanOptions())

    def report_sorting(self) -> SortingReport:
        """What sorting by metadata alone would have missed and wrongly joined."""
        from pdpo_audit.workspace.scan.sorting import report_sorting

        return report_sorting(self.project)

    def assess(self, on: date | None = None) -> AssessmentSummary:
        """Evaluate the rule packs."""
        with run_lock(self.project, "assess"):
            from pdpo_audit.workspace.rules.assessing import assess

            return assess(self.project, on)

    def report(self, *, masked: bool = False) -> ReportSummary:
        """Write and seal the reports; ``masked``: and a distribution copy whose names are codes."""
        with run_lock(self.project, "report"):
            from pdpo_audit.workspace.plans.performing import report_in_place

            return report_in_place(self.project, masked=masked)

    def confirm_master(
        self, holding: str, *, by: str, role: str = "", reason: str = "", instead: bool = False
    ) -> Judgement:
        """A named person confirms the master of a duplicate cluster; ``instead`` of what another person said."""
        from pdpo_audit.workspace.review import judging

        return judging.confirm_master(self.project, holding, by=by, role=role, reason=reason, instead=instead)

    def reject_pair(
        self, left: str, right: str, *, by: str, role: str = "", reason: str, instead: bool = False
    ) -> Judgement:
        """A named person says that two holdings are not the same picture."""
        from pdpo_audit.workspace.review import judging

        return judging.reject_pair(self.project, left, right, by=by, role=role, reason=reason, instead=instead)

    def determine(
        self,
        holding: str,
        determination: LegalDetermination,
        *,
        code: LegalReason,
        by: str,
        role: str,
        reason: str = "",
        instead: bool = False,
    ) -> Judgement:
        """A named person determines what a picture is in law."""
        from pdpo_audit.workspace.review import judging

        return judging.determine(
            self.project, holding, determination, code=code, by=by, role=role, reason=reason, instead=instead
        )

    def judgements(self) -> list[ShownJudgement]:
        """The judgements in force."""
        from pdpo_audit.workspace.review import judging

        return judging.judgements(self.project)

    def undo(self, judgement_id: str, *, by: str) -> Judgement:
        """A named person takes a judgement back."""
        from pdpo_audit.workspace.review import judging

        return judging.undo(self.project, judgement_id, by=by)

    def table(self, name: str) -> pd.DataFrame:
        """An exported table."""
        from pdpo_audit.workspace.exporting import table_frame

        return table_frame(self.project, Table(name))

    def export(self, name: str, form: str, file: Path, *, owner: str | None = None, excel: bool = False) -> int:
        """Write an exported table to a file; of one owner only, or with the mark by which Excel knows UTF-8."""
        from pdpo_audit.workspace.exporting import export_table

        return export_table(self.project, Table(name), form, file, owner=owner, excel=excel)

    def status(self) -> Status:
        """Where the workspace stands."""
        from pdpo_audit.workspace.status import status

        return status(self.project)

    def create_seal(self, passphrase: str, *, name: str = "", file: Path | None = None) -> dict[str, str]:
        """Make the organisation's self-signed seal; what its certificate says."""
        from pdpo_audit.workspace.setup import identities

        settings = self.project.settings
        organisation = settings.organisation.name or "Unnamed organisation"
        target = file or self.project.folder / settings.signing.pkcs12
        identity = identities.create_seal_file(
            target,
            name=name or f"{organisation} audit seal"[:64],
            organisation=organisation[:64],
            passphrase=passphrase,
        )
        return identity.facts()

    @property
    def actor(self) -> str:
        """Who works here, as the event log names them."""
        return self.project.actor

    def close(self) -> None:
        """Let go of the catalogue."""
        self.project.close()
