"""In a worker of a cluster: whether it is this very program with the same engines, and reaches the same sources."""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from pdpo_audit.errors import AuditError
from pdpo_audit.imaging import ImageProblem
from pdpo_audit.imaging.formats.table import readers_here
from pdpo_audit.metadata import PILLOW, ReaderSpec
from pdpo_audit.model.locations.holdings import Skipped, locate
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.methods import COMPARISON, CONTAINERS, FINGERPRINTS, PEOPLE, SIDECARS, TEXT
from pdpo_audit.model.tool import VERSION
from pdpo_audit.people.detectors.engines import DetectorSpec
from pdpo_audit.people.detectors.engines import describe as describe_detector
from pdpo_audit.ports import Source, StoredFile
from pdpo_audit.text.engines.opening import TextSpec
from pdpo_audit.text.engines.opening import describe as describe_text
from pdpo_audit.workers.opening import open_place, places

#: What decodes and measures: another version of one of them may see other pixels in the same file.
_PACKAGES = ("imagehash", "numpy", "opencv-python", "pi-heif", "pillow", "scipy")
#: Of a source the first files of so many folders are opened, and of each so many bytes are compared.
_FOLDERS, _START = 3, 65_536
Trait = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The engines that the work will ask for; ``None`` for those that it does not need."""

    detector: DetectorSpec | None = None
    text: TextSpec | None = None
    reader: ReaderSpec = PILLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A file of a source, by which another machine shows that it sees the same source: the digest of its start."""

    place: Place
    start: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """What a worker must be to be given work: ``traits`` by name, and the files that it has to reach."""

    traits: tuple[Trait, ...]
    engines: Engines
    probes: tuple[Probe, ...]

    def __call__(self) -> list[str]:
        """What is wrong in this process; nothing where it is fit."""
        return [*_differences(self.traits, traits_of(self.engines)), *_unreached(self.probes)]


def traits_of(engines: Engines) -> tuple[Trait, ...]:
    """What this installation is, as far as results depend on it."""
    return tuple(_traits(engines))


def _traits(engines: Engines) -> Iterator[Trait]:
    yield "pdpo-audit", VERSION
    yield "methods", " ".join((FINGERPRINTS, COMPARISON, PEOPLE, TEXT, SIDECARS, CONTAINERS))
    yield "Python", ".".join(platform.python_version_tuple()[:2])
    yield "readers", readers_here()
    yield from ((name, _version(name)) for name in _PACKAGES)
    if engines.reader.program:
        yield "ExifTool", "there" if shutil.which(engines.reader.program) else "not there"
    try:
        if engines.detector is not None:
            faces = describe_detector(engines.detector)
            yield "face engine", f"{faces.name} {faces.version} {faces.weights_sha256}"
        if engines.text is not None:
            text = describe_text(engines.text)
            yield "text engine", f"{text.name} {text.version} {text.weights_sha256}"
    except AuditError as error:
        yield "engines", error.message


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _differences(wanted: Sequence[Trait], here: Sequence[Trait]) -> Iterator[str]:
    found = dict(here)
    for name, value in wanted:
        if found.get(name) != value:
            yield f"{name} is {found.get(name, 'not there')}, and {value} where the work comes from"
    if "engines" in found and "engines" not in dict(wanted):
        yield found["engines"]


def _unreached(probes: Sequence[Probe]) -> Iterator[str]:
    with places():
        for probe in probes:
            try:
                same = _start_of(open_place(probe.place)) == probe.start
            except ImageProblem as problem:
                yield f'source "{probe.place.source}" is not reached there: {problem}'
            except AuditError as error:
                yield error.message
            else:
                if not same:
                    yield f'source "{probe.place.source}": another file lies there at the same place'


def probes_of(source: Source) -> tuple[Probe, ...]:
    """Files by which this source can be known elsewhere, the first in a few folders; none where nothing can be read."""
    found: list[Probe] = []
    for folder in source.folders():
        if isinstance(folder, Skipped) or not folder.entries:
            continue
        locator = locate(folder.folder, folder.entries[0][0])
        try:
            start = _start_of(source.open(locator))
        except ImageProblem:
            continue
        found.append(Probe(place=Place(source=source.name, uri=source.uri, locator=locator), start=start))
        if len(found) == _FOLDERS:
            break
    source.close()
    return tuple(found)


def _start_of(file: StoredFile) -> bytes:
    try:
        return hashlib.sha256(file.head(_START)).digest()
    finally:
        file.close()
