"""Alembic's entry: runs on the connection that the ledger hands over, within its transaction."""

from alembic import context

from agent.ledger.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
