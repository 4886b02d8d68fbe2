"""Who may open something written, and what for. Pure; the default is no (privacy.md, Roles and records)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

OWN_EYES = frozenset({"reflection", "preparation"})  # a private draft is private: no file and no role lowers this


class Purpose(StrEnum):
    """What a document is opened for."""

    READ = "read"
    WRITE = "write"
    SIGN = "sign"
    MANAGE = "manage"  # send it out, take it back, answer for its author


@dataclass(frozen=True)
class Asking:
    """One person before one version of one document."""

    kind: str
    audience: str
    state: str
    is_author: bool
    is_party: bool  # stood on this version when it went out
    is_shared_with: bool
    roles: Collection[str]  # theirs today
    writers: Collection[str]  # roles that may write in the form
    is_joint: bool = False


def may_open(asking: Asking, purpose: Purpose) -> bool:
    """Say whether this person may open this document for this."""
    if asking.kind in OWN_EYES:
        return asking.is_author or (purpose is Purpose.READ and asking.is_shared_with and asking.kind == "reflection")
    if asking.state == "draft":
        return _may_open_draft(asking, purpose)
    if purpose is Purpose.READ:
        return asking.is_author or (asking.audience not in {"writer", "counts only"} and _is_reader(asking))
    if purpose is Purpose.SIGN:
        return asking.is_party
    return _may_write(asking)


def _may_open_draft(asking: Asking, purpose: Purpose) -> bool:
    if purpose is Purpose.SIGN:
        return False
    if purpose is Purpose.MANAGE:
        return asking.is_author or (asking.is_joint and _may_write(asking))
    return _may_write(asking)


def _may_write(asking: Asking) -> bool:
    if asking.audience == "counts only" or asking.audience == "writer":
        return asking.is_author
    return asking.is_author or bool(set(asking.roles) & set(asking.writers))


def _is_reader(asking: Asking) -> bool:
    return asking.is_party or asking.is_shared_with
