"""SQLModel tables: data only, one file a group. Importing this package declares them all.

Dates end in _on, moments in _at (aware UTC). Names of cards (rule, form, part, course, criterion, role) stand beside
the programme version they were read from, so that an old record keeps its old words.
"""

from storage.tables import delivery, meetings, people, programmes, progress, together, written

__all__ = ["delivery", "meetings", "people", "programmes", "progress", "together", "written"]
