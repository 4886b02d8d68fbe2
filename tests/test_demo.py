"""The fictional organisation of the demo, as whoever tries it meets it."""

from bot.demo import FIRST_MORNING, begin_service, members
from storage.database import Database


def test_whoever_chooses_a_person_reads_what_that_person_is_here(sqlite_database: Database) -> None:
    begin_service(sqlite_database, FIRST_MORNING)
    titles = {member.real_name: member.title for member in members(sqlite_database, FIRST_MORNING)}
    assert titles["Grace Obi"] == "Programme lead"
    assert titles["Asha Rahman"] == "On: Senior and manager mentoring plan"
    assert titles["Ben Cole"] == "Supports 3 people"
