"""What a scan did, on the screen."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pdpo_audit.cli.showing import as_json, out, plain, say, show_json, table
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.locations.roots import Doubt, NotReached

if TYPE_CHECKING:
    from pdpo_audit.workspace.catalogues.shards import Shard
    from pdpo_audit.workspace.sampling.timing import ScanForecast
    from pdpo_audit.workspace.scan.scanning import ScanSummary

#: Whose fault it is that something was not examined (``model.locations.holdings.Fault``).
_FAULTS = {
    "file": "the file is damaged or no picture",
    "place": "its place could not be read",
    "limit": "it costs more than the limits allow",
    "program": "this program cannot read it, or failed",
}


def show_scan(summary: ScanSummary) -> None:
    """What a scan did, what it could not examine, and what was not reached with the way out."""
    rows: list[tuple[object, ...]] = [
        ("files new or changed", summary.new + summary.changed),
        ("files unchanged", summary.unchanged),
        ("files moved or gone", summary.moved + summary.vanished),
        ("files read now", summary.examined.files),
        *((f"read now, not examined: {_FAULTS[fault]}", count) for fault, count in summary.examined.faults.items()),
        ("duplicate clusters", summary.clustered.clusters),
        ("additional copies", summary.clustered.additional_copies),
    ]
    if summary.examined.restless:
        rows.append(("files that were written while they were read", summary.examined.restless))
    if summary.hard_links:
        rows.append(("hard links, counted once in bytes", summary.hard_links))
    if summary.clustered.not_compared:
        rows.append(("pairs that could not be compared", summary.clustered.not_compared))
    if summary.people is not None:
        rows.append(("pictures read for faces now", summary.people.read))
        rows += [(f"not looked at for faces: {_FAULTS[f]}", count) for f, count in summary.people.faults.items()]
    if summary.text is not None:
        rows.append(("pictures searched for identity numbers now", summary.text.read))
        rows += [
            (f"not searched for identity numbers: {_FAULTS[f]}", count) for f, count in summary.text.faults.items()
        ]
        rows.append(("pictures with a legible identity number", summary.text.legible))
    table("Scan", rows)
    if summary.listed:
        parts = ", ".join(f"{count:,} {reason}" for reason, count in sorted(summary.listed.items()))
        say(f"Listed in the table skipped, with why: {sum(summary.listed.values()):,} ({plain(parts)})")
    if summary.text_missing:
        say(f"Identity numbers in pictures were not looked for: {plain(summary.text_missing)} adds the engine")
    for one in summary.not_reached:
        part = "not wholly reached" if one.partly else "NOT REACHED"
        say(f"[bold]{plain(one.source)}: {part}[/]: {plain(one.words())}")
    if summary.not_reached:
        _show_way_out(summary.not_reached)


def _show_way_out(not_reached: Sequence[NotReached]) -> None:
    """What can be done about sources that were not reached: what cannot be listed cannot be accepted."""
    say("Nothing of that counts as examined, held or gone. Mount it, or let it be read, and scan again.")
    if ready := [one.source for one in not_reached if one.doubt not in (Doubt.MISSING, Doubt.BROKEN_OFF)]:
        say("If it is as it should be, a named person says so, and the next scan takes it as it is:")
        say(f"pdpo-audit source check {plain(shlex.join(ready))} --accept --by PERSON")
    if gone := [one.source for one in not_reached if one.doubt is Doubt.MISSING]:
        say(f"If it is gone for good: pdpo-audit source remove {plain(shlex.quote(gone[0]))}")


def show_forecast(found: ScanForecast, *, json: bool) -> None:
    """How long a scan will take, and what it reads."""
    if json:
        show_json({**as_json(found), "seconds": found.seconds})
        return
    out.print(
        f"{amount(found.files, 'file')}, {_size(found.bytes)}; {found.files_to_read:,} of them to read,"
        f" {_size(found.bytes_to_read)} ({_size(found.bytes_in_all)} in all stages at most)"
    )
    rows: list[tuple[object, ...]] = [(one.stage, duration(one.seconds)) for one in found.stages]
    rows.append((f"in all, by {plain(found.executor)}", duration(found.seconds)))
    if found.hkd is not None:
        rows.append(("HK$ for reading and machines", f"{found.hkd:,.2f}"))
    table(f"A scan, from {amount(found.sampled, 'file')} read now", rows)
    say("The comparison of copies comes on top: it grows with their number, which no sample tells (docs/scale.md).")


def _size(count: int) -> str:
    return f"{count / 1e9:,.2f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def duration(seconds: float) -> str:
    """``3 h 05 min``, ``12 min``, ``40 s``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def show_shard(written: Shard) -> None:
    """Where the shard lies, and what to do before it travels."""
    out.print(f"\nSealed shard {plain(written.part)}: {plain(written.file)}")
    say(f"What is in it, for whoever has to agree before it travels: {plain(written.listing)}")
    if written.throw_away_seal:
        say("It is sealed with a throw-away key, which identifies nobody: pdpo-audit keys create makes a seal.")
