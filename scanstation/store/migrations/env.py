"""Runs the migrations on the connection that `scanstation.store.migrate` hands in, inside its transaction."""

from alembic import context

from scanstation.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
