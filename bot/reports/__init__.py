"""Facts from queries, made into files."""
