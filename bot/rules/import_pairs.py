"""Which kind of pair a column of the people file means in a programme. The code knows no programme by name."""

from typing import TYPE_CHECKING

from bot.rules.matching import kinds_to_pair

if TYPE_CHECKING:
    from bot.programmes.programme import Programme

_WORDS = {"supervisor": ("supervision", "supervisor"), "mentors": ("mentoring", "mentor")}


def column_kinds(programme: "Programme") -> dict[str, str]:
    """Return, by column, the first kind of pair whose name says it, else whose supporter's role does."""
    found = {column: _kind(programme, *words) for column, words in _WORDS.items()}
    return {column: kind for column, kind in found.items() if kind}


def _kind(programme: "Programme", kind_word: str, role_word: str) -> str:
    kinds = [kind for kind in kinds_to_pair(programme) if programme.relationship[kind].helped_at_most == 1]
    by_name = [kind for kind in kinds if kind_word in kind.split("-")]
    by_role = [kind for kind in kinds if role_word in programme.relationship[kind].by.split("-")]
    return next(iter([*by_name, *by_role]), "")
