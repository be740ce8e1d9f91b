"""The hash tree of RFC 6962, section 2.1: one root over all lines, and a short proof for any single one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

#: The root of a tree without leaves.
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over a zero byte and the content."""
    return hashlib.sha256(b"\x00" + content).digest()


def root_of(leaves: Iterable[bytes]) -> tuple[int, bytes]:
    """The number of leaves and the root over their hashes; memory stays at one hash a level."""
    stack: list[tuple[int, bytes]] = []  # (height, hash) of complete subtrees, the highest first
    count = 0
    for leaf in leaves:
        count += 1
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = _join(stack.pop()[1], node)
            height += 1
        stack.append((height, node))
    if not stack:
        return 0, EMPTY
    root = stack.pop()[1]
    while stack:
        root = _join(stack.pop()[1], root)
    return count, root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf ``index`` to the root (audit path, RFC 6962, 2.1.1), lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    proof: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(level[index ^ 1])
        pairs = [_join(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
        index //= 2
    return proof


def root_from_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` gives for leaf ``index`` of ``size``; ``ValueError`` when it has the wrong length."""
    if not 0 <= index < size:
        raise ValueError("the place lies outside of the tree")
    rest = list(proof)
    node, last = leaf, size - 1
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                raise ValueError("the proof is too short")
            sibling = rest.pop(0)
            node = _join(sibling, node) if index % 2 else _join(node, sibling)
        index, last = index // 2, last // 2
    if rest:
        raise ValueError("the proof is too long")
    return node


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
