"""The hash tree against the vectors of Certificate Transparency, and proofs for every leaf of every small tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.signing.evidence.merkle import EMPTY, inclusion_proof, leaf_hash, root_from_proof, root_of

#: The leaves and roots that RFC 6962 implementations test with.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_rfc_6962(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert root_of(leaves) == (size, bytes.fromhex(ROOTS[size - 1]))


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert root_of([]) == (0, EMPTY)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_every_small_tree_is_proved(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    _, root = root_of(leaves)
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(leaves, index)
        assert root_from_proof(leaf, index, size, proof) == root
        assert len(proof) <= (size - 1).bit_length()


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40, unique=True), st.data())
def test_a_proof_fits_its_own_leaf_only(contents: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(content) for content in contents]
    _, root = root_of(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda place: place != index))
    proof = inclusion_proof(leaves, index)
    assert root_from_proof(leaves[other], index, len(leaves), proof) != root
    with pytest.raises(ValueError, match="too"):
        root_from_proof(leaves[index], index, len(leaves), [*proof, root])
    with pytest.raises(ValueError, match="too"):
        root_from_proof(leaves[index], index, len(leaves), proof[:-1])
