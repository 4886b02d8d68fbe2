"""Alembic revisions: how the tables came to be as they are. Applied by `handrail db upgrade`."""
