"""The composition root: the one module that knows every other, and builds the Bolt app from them."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db

import handlers
from bot import access, logs
from bot.actions import enrolling
from bot.clock import Clock
from bot.delivery.builders import every_builder
from bot.delivery.engine import Engine
from bot.delivery.sender import Sender
from bot.delivery.slack_calls import SlackCalls
from bot.errors import HandrailError, SomebodyWasFirst
from bot.values import Message
from handlers.turn import AnsweredBefore, Turn
from prompts import answers, errors
from storage.database import Database
from storage.tables.programmes import Enrolment

SLACK_TIMEOUT = 2  # seconds; the person is waiting, and Slack waits three


def make_client(token: str, base_url: str, *, timeout: int | None = None) -> WebClient:
    """Make a Slack client that never repeats a call by itself: a repeated post would be said twice.

    `timeout` is in seconds; by default what a person who waits for an answer leaves.
    """
    return WebClient(token=token, base_url=base_url, timeout=timeout or SLACK_TIMEOUT, retry_handlers=[])


@dataclass(frozen=True)
class Handrail:
    """The service, put together: what answers Slack, and what speaks first."""

    app: App
    engine: Engine
    client: WebClient


def assemble(*, database: Database, clock: Clock, token: str, signing_secret: str, base_url: str) -> Handrail:
    """Put the service together. Nothing runs yet: `engine.start` and a server of bot.serving set it going."""
    client = make_client(token, base_url)
    sender = Sender(database, SlackCalls(token, base_url=base_url), every_builder(), clock)
    engine = Engine(database, sender, clock, settle_one)
    app = create_app(
        database=database,
        clock=clock,
        client=client,
        signing_secret=signing_secret,
        cut_off=engine.cut_off,
        answering=sender.people,
    )
    return Handrail(app, engine, client)


def settle_one(db: Db, enrolment: Enrolment, now: datetime) -> None:
    """Write the next rows of an enrolment's recurring duties, or end it for a leaver, when their day has come."""
    enrolling.look_again(db, enrolment, now=now)


def create_app(
    *,
    database: Database,
    clock: Clock,
    client: WebClient,
    signing_secret: str,
    verify: bool = True,
    cut_off: Callable[[str], None] = lambda _code: None,
    answering: AbstractContextManager[None] | None = None,
) -> App:
    """Build the Bolt app. Requests are answered when their listener returns (design.md, Facts about the tools, 2).

    `cut_off` is told when Slack says that it lets nothing of ours through any more; `answering` is held meanwhile.
    """
    app = _Answering(
        answering or nullcontext(),
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        request_verification_enabled=verify,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=False,
    )
    app.use(_recognise(database, clock, _whisperer(client), cut_off))
    app.error(_answer_error)
    handlers.register_all(app)
    return app


class _Answering(App):
    """A Bolt app that holds something while it answers."""

    def __init__(self, held: AbstractContextManager[None], **settings: Any) -> None:
        super().__init__(**settings)
        self._held = held

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request."""
        with self._held:
            return super().dispatch(req)


def _whisperer(client: WebClient) -> Callable[[str, str, Message], str]:
    """Make the one call of ours that asks Slack something: may we post in a channel? Returns its code, or nothing."""
    calls = SlackCalls(client.token or "", base_url=client.base_url, timeout=SLACK_TIMEOUT)

    def whisper(channel: str, slack_id: str, message: Message) -> str:
        outcome = calls.whisper(channel, slack_id, message)
        return "" if outcome.is_ok else outcome.code

    return whisper


def _recognise(
    database: Database, clock: Clock, whisper: Callable[[str, str, Message], str], cut_off: Callable[[str], None]
) -> Callable[..., Any]:
    """Make the middleware that lets people in."""

    def recognise(
        body: dict[str, Any],
        context: BoltContext,
        client: WebClient,
        ack: Any,
        next: Callable[[], Any],  # noqa: A002  Bolt's own name
    ) -> Any:
        now = clock.now()
        context["now"], context["database"], context["whisper"], context["cut_off"] = now, database, whisper, cut_off
        if _is_event(body):
            return next()
        with database.reading() as db:
            me = access.access_workspace(db, slack_id=context.user_id or "", now=now)
        context["turn"] = Turn(database=database, me=me, now=now, body=body, client=client, ack=ack)
        return next()

    return recognise


def _is_event(body: dict[str, Any]) -> bool:
    return body.get("type") == "event_callback"


def _answer_error(error: Exception, body: dict[str, Any], client: WebClient) -> BoltResponse:
    """Say what went wrong where the person is looking. Only an event that should come again is answered 500."""
    if isinstance(error, AnsweredBefore):
        return BoltResponse(status=200, body=error.answer or "")
    if _is_event(body):
        return _answer_event_error(error)
    if isinstance(error, IntegrityError):
        error = SomebodyWasFirst("it")
    if isinstance(error, HandrailError):
        text = errors.sentence(error)
    else:
        text = errors.UNKNOWN.format(reference=logs.log_unknown(error))
    return _show(text, getattr(error, "field", None), body, client)


def _answer_event_error(error: Exception) -> BoltResponse:
    if isinstance(error, HandrailError):
        return BoltResponse(status=200)
    logs.log_unknown(error)
    return BoltResponse(status=500)


def _show(text: str, field: str | None, body: dict[str, Any], client: WebClient) -> BoltResponse:
    if body.get("command"):
        return BoltResponse(status=200, body=answers.says(Message(text)))
    if body.get("type") == "view_submission":
        return BoltResponse(status=200, body=_form_error(text, field, body["view"]))
    if body.get("type") == "block_suggestion":
        return BoltResponse(status=200, body=answers.offers([]))
    _show_notice(text, body, client)
    return BoltResponse(status=200)


def _form_error(text: str, field: str | None, view: dict[str, Any]) -> dict[str, Any]:
    questions: list[str] = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    if not questions:
        return (
            answers.opens_above(errors.notice_form(text))
            if not view.get("previous_view_id")
            else answers.shows(errors.notice_form(text))
        )
    return answers.refuses({field if field and field in questions else questions[0]: text})


def _show_notice(text: str, body: dict[str, Any], client: WebClient) -> None:
    """Open the sentence as a small form. A trigger that has run out leaves nothing to show it in; it is logged."""
    call = client.views_push if (body.get("view") or {}).get("type") == "modal" else client.views_open
    try:
        call(trigger_id=body["trigger_id"], view=errors.notice_form(text))
    except (SlackApiError, KeyError, OSError) as why:
        logs.log_unknown(why)
