"""One thing one person did, and how it is answered: what every listener is given as `turn`.

A listener validates, opens one short transaction, answers, and may then make one Slack call: the one that needs its
trigger. Everything else it wants to say is a row for the outbox (design.md, Facts about the tools, 2).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db

from bot.actions import home_refreshing, inbox
from bot.values import Block, Who
from prompts.answers import Answer
from storage.database import Database


class Turn:
    """Who did something, when, and how to answer."""

    def __init__(
        self,
        *,
        database: Database,
        me: Who,
        now: datetime,
        body: dict[str, Any],
        client: WebClient,
        ack: Callable[..., Any],
    ) -> None:
        self.me, self.now = me, now
        self._database, self._body, self._client, self._ack = database, body, client, ack
        self._answer: Answer = {}
        self._view: Block | None = None
        self._in_place = False
        self._changing = False

    @property
    def today(self) -> date:
        """Return the date where the person is."""
        return self.now.astimezone(ZoneInfo(self.me.zone)).date()

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """Read, and change nothing."""
        with self._database.reading() as db:
            yield db

    @contextmanager
    def changing(self) -> Iterator[Db]:
        """Change things once: the same form, command or event again gets the answer of the first time.

        What is answered or opened inside is held back until the commit.
        """
        key = request_key(self._body)
        self._changing = True
        try:
            with self._database.transaction() as db:
                _refuse_second(db, key)
                yield db
                home_refreshing.refresh_homes(db, [self.me.id], now=self.now)
                if key:
                    inbox.keep_answer(db, key=key, me=self.me, answer=self._answer, now=self.now)
        except IntegrityError:
            with self._database.reading() as db:
                _refuse_second(db, key)  # the same request came twice at one moment
            raise
        finally:
            self._changing = False
        self._speak()

    def answers(self, answer: Answer | None = None) -> None:
        """Answer what was done; nothing closes the form, or only acknowledges."""
        self._answer = answer or {}
        if not self._changing:
            self._speak()

    def opens(self, view: Block) -> None:
        """Open a form, above the one the person is in when they are in one; in place of the third of a stack."""
        self._view = view
        if not self._changing:
            self._speak()

    def shows(self, view: Block) -> None:
        """Put another page in place of the form whose button was pressed; open it where there is none."""
        self._view, self._in_place = view, True
        if not self._changing:
            self._speak()

    def _speak(self) -> None:
        self._ack(**self._answer)
        if self._view is None:
            return
        view, inside = self._view, self._body.get("view") or {}
        self._view = None
        in_form = inside.get("type") == "modal"
        if in_form and (self._in_place or _is_third(inside)):
            self._client.views_update(view_id=inside["id"], hash=inside["hash"], view=view)
        elif in_form:
            self._client.views_push(trigger_id=self._body["trigger_id"], view=view)
        else:
            self._client.views_open(trigger_id=self._body["trigger_id"], view=view)


class AnsweredBefore(Exception):  # noqa: N818  it is no error: the answer of the first time is given again
    """This very form or command was done before; `answer` is what was answered then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


def _refuse_second(db: Db, key: str) -> None:
    found = inbox.find_answer(db, key=key) if key else None
    if found is not None:
        raise AnsweredBefore(found)


def _is_third(view: dict[str, Any]) -> bool:
    """Say whether a form is the third of its stack, above which Slack opens no other."""
    return view.get("previous_view_id") not in (None, view.get("root_view_id"))


def request_key(body: dict[str, Any]) -> str:
    """Return what makes this request itself and no other; empty for those that may come twice harmlessly.

    Buttons name the version they saw, so a second press finds it changed (delivery.md, From a rule to a message, 11).
    """
    if body.get("type") == "view_submission":
        return f"view:{body['view']['id']}:{body['view']['hash']}"
    if body.get("command"):
        return f"command:{body['trigger_id']}"
    if body.get("event_id"):
        return f"event:{body['event_id']}"
    return ""
