"""Use cases, one file a feature: load, ask a rule, store."""
