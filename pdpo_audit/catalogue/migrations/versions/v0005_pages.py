"""Every column of findings and dispositions can be filtered: an index each, in which rows stand in their order."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NEW = {
    "findings": ("pack", "pack_version", "pack_sha256", "authority", "determination", "explanation"),
    "dispositions": ("rules", "explanation"),
}


def upgrade() -> None:
    """Add the indexes that were missing; those of places and of findings' ids give the order of rows as well."""
    for table, columns in _NEW.items():
        op.drop_index(f"{table}_by_place", table)
        for name in (*columns, "place"):
            op.create_index(f"{table}_by_{name}", table, ["audit", name, "row"])
    op.drop_index("findings_by_finding_id", "findings")
    op.create_index("findings_by_finding_id", "findings", ["finding_id", "audit", "row"])
