"""The interview of ``init`` in an officer's order: authority, open matters, folders, people, reports, a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pdpo_audit.cli.interviews.prompts import Interview
from pdpo_audit.cli.showing import plain, say
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.rules import answering
from pdpo_audit.workspace.setup.initialising import Answers, SourceAnswers, name_sources

_ROLES = {
    "dpo": "Data protection officer",
    "legal": "Who signs for legal",
    "compliance": "Who signs for compliance",
    "communications": "Who signs for communications",
}
_LANGUAGES = {"en": "English", "zh-Hant": "Traditional Chinese"}
_PUBLIC = {"yes": "the public can see all of it", "no": "nobody outside", "partly": "some of it"}
#: The lines of the summary, and the keys that each stands for.
_LINES = {
    "Organisation": ("organisation", "organisation_zh"),
    "Authorised by": ("authorised_by",),
    "What it is for": ("purpose",),
    "Privacy impact assessment": ("pia_reference",),
    "Open matter": ("open_matters",),
    "People who sign": ("roles",),
    "Next review": ("next_review_on",),
    "Languages": ("languages",),
    "Rule packs": ("packs",),
    "Another folder": ("sources.done", "packs"),
}
_NO_FOLDER = (
    "  No folder is named yet, so there is nothing to look at. Name one, or press Enter once more to go on without:"
    " pdpo-audit source add names one later."
)


def hold_interview(talk: Interview, given: Answers, today: date) -> Answers:
    """Ask for everything that is not said yet, show what was understood, and change lines until it is right."""
    say("Enter takes what stands in brackets, or leaves a value open: the report says what is missing; - empties it.")
    say(f"Ctrl-C at any time: {talk.interrupted}.\n")
    for source in given.sources:
        _known_source(talk, source)
    while True:
        answers = _gather(talk, given, today)
        line = _summary(talk, answers)
        if not line:
            return answers
        kept = {name: said for name, said in talk.said.items() if name in (f"{line}.uri", f"{line}.name")}
        for key in _LINES.get(line, (line,)):
            talk.ask_again(key)
        talk.said.update(kept)  # a folder keeps its place and its name


def _gather(talk: Interview, given: Answers, today: date) -> Answers:
    organisation = talk.ask("organisation", "Organisation", given=given.organisation)
    chinese = talk.ask("organisation_zh", "Its name in Chinese")
    authority = talk.ask("authorised_by", "Who authorised this audit", given=given.authorised_by)
    purpose = talk.ask("purpose", "What is it for", given=given.purpose)
    pia = talk.ask("pia_reference", "Reference of the privacy impact assessment", given=given.pia_reference)
    matter = talk.ask(
        "open_matters", "Is litigation, a complaint or an access request open (no, or which)", given=given.open_matters,
        check=_matter,
    )  # fmt: skip
    sources = _sources(talk)
    say("\nWho signs the report for each role; without them it stays a draft.")
    roles = {role: talk.ask(f"roles.{role}", f"  {words}") for role, words in _ROLES.items()}
    review = talk.ask(
        "next_review_on", f"Day of the next review, such as {today.year + 1}-03-31",
        check=lambda text: answering.read_day_to_come(text, today),
    )  # fmt: skip
    talk.offered = {"languages": "en", **talk.offered}
    languages = talk.choose("languages", "Languages of the reports", _LANGUAGES, several=True)
    packs = _packs(talk, sources)
    return replace(
        given, organisation=organisation, organisation_zh=chinese, authorised_by=authority, purpose=purpose,
        pia_reference=pia, open_matters=matter, sources=sources, roles={k: v for k, v in roles.items() if v},
        next_review_on=review, languages=tuple(languages.split(",")) if languages else ("en",), packs=packs,
    )  # fmt: skip


def _matter(typed: str) -> str:
    """An open matter in words by which people know it."""
    if typed.strip(" .").casefold() in ("yes", "y", "有", "是"):
        raise CallError("say which, in a few words such as: complaint of a former employee, 2026-11")
    return typed


def _packs(talk: Interview, sources: Sequence[SourceAnswers]) -> tuple[str, ...]:
    fitting = answering.packs_for([one.record_class for one in sources], [one.jurisdiction for one in sources])
    if "packs" not in talk.said:
        say(f"\nRule packs that fit what you declared: {plain(', '.join(fitting))}. hk-holds always applies.")
        talk.offered = {"packs": ",".join(fitting), **talk.offered}
    said = talk.choose("packs", "Rule packs", answering.pack_titles(), several=True)
    return tuple(said.split(",")) if said else ("hk-core-pdpo",)


def _sources(talk: Interview) -> tuple[SourceAnswers, ...]:
    """The folders, those of before first; a line may name several at once."""
    if talk.said.get("sources.done") != "yes":
        _more_folders(talk)
    return tuple(_source(talk, number) for number in range(_count(talk)))


def _count(talk: Interview) -> int:
    return sum(f"sources.{number}.uri" in talk.said for number in range(10_000)) if talk.said else 0


def _more_folders(talk: Interview) -> None:
    for number in range(_count(talk)):
        _source(talk, number)
    warned = False
    while True:
        key = f"sources.{_count(talk)}.folders"
        typed = talk.ask(key, "\nFolder that holds pictures (type, paste or drag it; Enter to end)", check=_folders)
        talk.said.pop(key)
        if not typed and not _count(talk) and not warned:
            say(_NO_FOLDER)
            warned = True
            continue
        if not typed:
            talk.record("sources.done", "yes")
            return
        taken = [talk.said[f"sources.{number}.name"] for number in range(_count(talk))]
        for source in name_sources([Path(one) for one in typed.split("\n")], taken):
            _known_source(talk, source)
            _source(talk, _count(talk) - 1)


def _folders(typed: str) -> str:
    return "\n".join(str(folder.resolve()) for folder in answering.read_folders(typed))


def _known_source(talk: Interview, source: SourceAnswers) -> None:
    """A folder that is named already joins the list once."""
    known = [talk.said.get(f"sources.{number}.uri") for number in range(_count(talk))]
    if source.uri not in known:
        number = len(known)
        talk.said[f"sources.{number}.name"] = source.name
        talk.record(f"sources.{number}.uri", source.uri)


def _source(talk: Interview, number: int) -> SourceAnswers:
    key = f"sources.{number}"
    uri, name = talk.said[f"{key}.uri"], talk.said[f"{key}.name"]
    if f"{key}.public" not in talk.said:  # the last that is asked: a question is still to come
        say(f"\n{plain(uri)} (called {plain(name)})")
    owner = talk.ask(f"{key}.owner", "  Accountable owner")
    purpose = talk.ask(f"{key}.purpose", "  Purpose the pictures are kept for")
    record_class = talk.choose(
        f"{key}.record_class", "Record class of most pictures in it", answering.record_classes(talk.classes)
    )
    vendor = talk.ask(f"{key}.vendor", "  Vendor that holds them, if any")
    contract = talk.ask(f"{key}.contract", "  The contract with it") if vendor else ""
    place = talk.ask(
        f"{key}.jurisdiction", "  Where the copies lie (Hong Kong, Mainland, SG ...)", check=answering.read_place
    )
    abroad = place not in ("", answering.HOME)
    basis = talk.choose(f"{key}.basis", "Transfer arrangement", answering.transfer_bases()) if abroad else ""
    city = talk.ask(f"{key}.city", "  City")
    public = talk.choose(f"{key}.public", "Can the public see it", _PUBLIC)
    words: dict[str, bool | str] = {"yes": True, "no": False, "partly": "partly"}
    facing = words.get(public)
    return SourceAnswers(
        name=name, uri=uri, owner=owner, purpose=purpose, record_class=record_class, vendor=vendor, contract=contract,
        jurisdiction=place, transfer_basis=basis, city=city, external_facing=facing,
    )  # fmt: skip


def _summary(talk: Interview, answers: Answers) -> str:
    """Show what was understood; gives the line to change, nothing where all is right."""
    shown = {
        "Organisation": " ".join(filter(None, (answers.organisation, answers.organisation_zh))),
        "Authorised by": answers.authorised_by,
        "What it is for": answers.purpose,
        "Privacy impact assessment": answers.pia_reference,
        "Open matter": answers.open_matters or "none",
        "People who sign": "; ".join(f"{role}: {name}" for role, name in answers.roles.items()),
        "Next review": answers.next_review_on,
        "Languages": ", ".join(answers.languages),
        "Rule packs": ", ".join(answers.packs),
    }
    keys = [*shown, *(f"sources.{number}" for number in range(len(answers.sources))), "Another folder"]
    lines = [*(f"{name}: {words or '(open)'}" for name, words in shown.items()), *map(_told, answers.sources)]
    lines.append("Another folder" if answers.sources else "A folder that holds pictures (none is named yet)")
    say("\nWhat will be written:")
    for number, line in enumerate(lines, 1):
        say(f"  {number:>2}  {plain(line)}")
    choices = {str(number): line for number, line in enumerate(lines, 1)}
    while True:
        typed = talk.ask("summary", "Number of a line to change, or Enter to write it")
        talk.said.pop("summary")
        if not typed:
            return ""
        if typed in choices:
            return keys[int(typed) - 1]
        say(f"  Answer a number from 1 to {len(lines)}, or press Enter.")


def _told(source: SourceAnswers) -> str:
    parts = (source.owner or "no owner", source.record_class or "no class", source.jurisdiction or "no place")
    return f"{source.name} ({source.uri}): {', '.join(parts)}"
