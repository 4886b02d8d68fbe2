"""The database: tables, queries, sealing, migrations."""
