"""How Alembic runs the migrations: on the connection that it is given, in the transaction that is open there."""

from __future__ import annotations

from alembic import context

from pdpo_audit.catalogue import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata)
with context.begin_transaction():
    context.run_migrations()
