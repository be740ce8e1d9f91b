"""What changed since the last look; every file is in exactly one of the answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.model.locations.changes import Move
from pdpo_audit.model.locations.holdings import Entry
from pdpo_audit.sources.reconciliation import compare, reconcile

names = st.sampled_from([b"a", b"b", b"c", b"d"])
folders = st.dictionaries(names, st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 4)), max_size=4)


def entries(folder: dict[bytes, tuple[int, int, int]]) -> list[Entry]:
    return [(name, *rest) for name, rest in sorted(folder.items())]


def test_a_renamed_file_moved_and_is_not_read_again() -> None:
    change = compare(b"x", [(b"new.jpg", 10, 5, 77)], {b"old.jpg": (b"old.jpg", 10, 5, 77)})
    found = reconcile([change])
    assert found.moved == [Move(old_folder=b"x", old_name=b"old.jpg", new_folder=b"x", new_name=b"new.jpg")]
    assert not found.new and not found.vanished


def test_a_new_file_of_the_same_size_is_no_move() -> None:
    change = compare(b"x", [(b"new.jpg", 10, 5, 78)], {b"old.jpg": (b"old.jpg", 10, 5, 77)})
    found = reconcile([change])
    assert [entry[0] for _, entry in found.new] == [b"new.jpg"]
    assert found.vanished == [(b"x", b"old.jpg")]


def test_a_changed_time_is_a_change() -> None:
    change = compare(b"", [(b"a", 10, 6, 77)], {b"a": (b"a", 10, 5, 77)})
    assert [entry[0] for entry in change.changed] == [b"a"] and change.unchanged == 0


@given(st.dictionaries(st.sampled_from([b"x", b"y"]), st.tuples(folders, folders), max_size=2))
def test_every_seen_file_has_one_answer_and_so_has_every_known_one(
    library: dict[bytes, tuple[dict[bytes, tuple[int, int, int]], dict[bytes, tuple[int, int, int]]]],
) -> None:
    changes = [
        compare(folder, entries(seen), {entry[0]: entry for entry in entries(known)})
        for folder, (seen, known) in library.items()
    ]
    found = reconcile(changes)
    total_seen = sum(len(seen) for seen, _ in library.values())
    total_known = sum(len(known) for _, known in library.values())
    assert len(found.new) + len(found.changed) + len(found.moved) + found.unchanged == total_seen
    assert len(found.vanished) + len(found.changed) + len(found.moved) + found.unchanged == total_known
    for move in found.moved:
        assert library[move.new_folder][0][move.new_name] == library[move.old_folder][1][move.old_name]
