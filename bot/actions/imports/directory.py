"""Who a cell means: everyone on the people list and everyone in the file, by e-mail or Slack id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import UUID

from sqlmodel import Session as Db

from bot.rules.import_cells import CellDoubt, reference
from bot.rules.import_values import Why
from storage.queries import imports as import_queries


@dataclass
class Directory:
    """Ids, names and managers of people by what they are called in files."""

    ids: dict[str, UUID] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    managers: dict[UUID, UUID] = field(default_factory=dict)

    @classmethod
    def of_everyone(cls, db: Db) -> "Directory":
        """Read the people list."""
        found = cls()
        for person in import_queries.list_everyone(db):
            found.add(person.id, person.name, (person.email or "", person.slack_id or ""))
            if person.line_manager_id:
                found.managers[person.id] = person.line_manager_id
        return found

    def add(self, person_id: UUID, name: str, references: Iterable[str]) -> None:
        """Add somebody under their e-mail and Slack id."""
        self.names[person_id] = name
        self.ids |= {reference(each): person_id for each in references if each}

    def find(self, written: str) -> UUID:
        """Return who is meant. Raises CellDoubt, naming the nearest."""
        found = self.ids.get(reference(written))
        if found is None:
            near = get_close_matches(reference(written), self.ids, 1, 0.75)
            raise CellDoubt(Why.UNKNOWN_PERSON, written, *near)
        return found


def find_cycle(start: UUID, managers: Mapping[UUID, UUID]) -> tuple[UUID, ...]:
    """Return the circle of managers that somebody stands in, beginning with them; empty when there is none."""
    chain = [start]
    while (above := managers.get(chain[-1])) is not None:
        if above == start:
            return tuple(chain)
        if above in chain:
            return ()
        chain.append(above)
    return ()
