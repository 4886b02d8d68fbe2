"""The practice workspace with a fictional care organisation in it, and the real app connected over Slack's protocol."""

import os
import secrets
import shutil
import threading
import webbrowser
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import yaml
from sqlmodel import Session as Db

from bot import logs
from bot.actions.catalogue import programme_of
from bot.actions.imports import practice
from bot.app import assemble
from bot.clock import SetClock
from bot.delivery.driver import Driver
from bot.delivery.lock import SenderLock
from bot.opening import open_database
from bot.practice import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Channel, Member, PracticeServer, Workspace
from bot.practice.identity import Identity
from bot.serving import SocketServer
from bot.settings import Settings
from prompts.words import count
from storage.database import Database
from storage.queries import enrolments, together
from storage.queries import people as people_queries
from storage.tables.people import Person

FOLDER = Path("var/demo")
HOME = Path(__file__).resolve().parent.parent  # the checkout: the manifest and the examples are beside the packages
FIRST_MORNING = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # the Monday on which the fictional service begins
A_FORTNIGHT = timedelta(days=14)
TICK = 15.0  # seconds
MENTOR_CHANNEL = "C0MENTORS1"


def run_demo(*, port: int, open_browser: bool, fresh: bool) -> None:
    """Serve the practice workspace until the process is told to end. Raises AlreadyRunning or OSError."""
    logs.set_up()
    os.environ |= {"NO_PROXY": "*", "no_proxy": "*"}  # everything here stays on this computer
    if fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    settings = demo_settings(FOLDER)
    with SenderLock(settings.handrail_database_url):
        database = open_database(settings, upgrade=True)
        clock = KeptClock(FOLDER / "clock")
        begin_service(database, clock.now())
        with demo_running(database, clock, port) as server:
            click.echo(f"Handrail's practice workspace: {server.url}  (Ctrl-C ends it)")
            if open_browser:
                webbrowser.open(server.url)
            threading.Event().wait()


@contextmanager
def demo_running(database: Database, clock: SetClock, port: int) -> Iterator[PracticeServer]:
    """Run the workspace and the app connected to it; the page's clock moves both."""
    standing = _Standing(clock)
    workspace = Workspace(manifest(), members(database, clock.now()), channels(database, clock.now()), standing)
    with ExitStack() as until_stopped:
        server = until_stopped.enter_context(PracticeServer(workspace, port))
        _reopen_conversations(database, workspace)
        service = assemble(
            database=database, clock=clock, token=BOT_TOKEN, signing_secret=SIGNING_SECRET, base_url=server.api_url
        )
        standing.driver = Driver(service.engine, clock)
        socket = SocketServer(service.app, service.client, APP_TOKEN)
        until_stopped.callback(socket.stop)
        socket.start()
        metronome = service.engine.start(interval=TICK)
        until_stopped.callback(service.engine.stop, within=0.3)
        until_stopped.callback(metronome.stop)
        yield server


def _reopen_conversations(database: Database, workspace: Workspace) -> None:
    """The workspace forgets its conversations when it stops; the people it knew find theirs again."""
    with database.reading() as db:
        for person in people_queries.list_with_conversation(db):
            workspace.open_dm(person.slack_id or "")


class _Standing:
    """The workspace's clock: programme time, moved by the app's own driver so that nothing due is jumped over."""

    moves = True

    def __init__(self, clock: SetClock) -> None:
        self._clock = clock
        self.driver: Driver | None = None

    def now(self) -> datetime:
        """Return programme time, aware, in UTC."""
        return self._clock.now()

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Move on, step by step."""
        assert self.driver is not None
        return self.driver.step(how, to)


class KeptClock(SetClock):
    """A clock that stands until it is set, and stands there still after a restart."""

    def __init__(self, path: Path) -> None:
        super().__init__(datetime.fromisoformat(path.read_text("utf-8")) if path.exists() else FIRST_MORNING)
        self._path = path

    def set(self, at: datetime) -> None:
        """Move it forward and remember."""
        super().set(at)
        self._path.write_text(self.now().isoformat(), "utf-8")


def demo_settings(folder: Path) -> Settings:
    """Return settings for a service of its own under `folder`, with keys made the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = [_key_file(folder / name) for name in ("encryption.key", "audit.key")]
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it, its stub does not say so
        slack_bot_token=BOT_TOKEN,
        slack_app_token=APP_TOKEN,
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url="http://127.0.0.1/api/",
        handrail_database_url=f"sqlite:///{folder}/handrail.db",
        handrail_keyring_url=f"sqlite:///{folder}/keys.db",
        handrail_encryption_keys=keys[0],
        handrail_audit_keys=keys[1],
    )


def _key_file(path: Path) -> str:
    if not path.exists():
        path.touch(0o600)
        path.write_text(f"1:{b64encode(secrets.token_bytes(32)).decode()}\n", "utf-8")
    return f"file:{path}"


def manifest() -> dict[str, object]:
    """Return what Slack is told about the app."""
    found: dict[str, object] = yaml.safe_load((HOME / "app_manifest.yml").read_text("utf-8"))
    return found


def begin_service(database: Database, now: datetime) -> None:
    """Import the fictional organisation, as an operator would import a real one, if there is nobody yet."""
    with database.reading() as db:
        if people_queries.find_people_by_words(db, words="", on=now.date(), at_most=1):
            return
    practice.import_examples(database, HOME / "examples", now=now - A_FORTNIGHT)  # so that it goes live this morning


def members(database: Database, now: datetime) -> list[Member]:
    """Return everyone on the people list, as Slack knows them."""
    with database.reading() as db:
        people = people_queries.find_people_by_words(db, words="", on=now.date(), at_most=1000)
        return [
            Member(
                person.slack_id,
                person.name.split(maxsplit=1)[0].lower(),
                person.name,
                person.email or "",
                person.zone,
                _job_of(db, person, now.date()),
            )
            for person in people
            if person.slack_id
        ]


def _job_of(db: Db, person: Person, on: date) -> str:
    """Say what somebody is here, for whoever chooses whom to be."""
    leads = people_queries.holds_role(db, person_id=person.id, role=people_queries.LEAD, on=on)
    said = ["Programme lead"] if leads else []
    said += [
        f"On: {programme_of(db, enrolment.version_id).title}"
        for enrolment in together.list_enrolments(db, person_id=person.id)
    ]
    supported = {one.enrolment_id for one in enrolments.list_supported(db, person_id=person.id, on=on)}
    said += [f"Supports {count(len(supported), 'person', 'people')}"] if supported else []
    return " · ".join(said)


def channels(database: Database, now: datetime) -> list[Channel]:
    """Return the channels of the workspace: one for everybody, one for mentors."""
    everyone = tuple(member.id for member in members(database, now))
    with_the_app = (*everyone, Identity.bot_user_id)
    return [Channel("C0GENERAL1", "general", everyone), Channel(MENTOR_CHANNEL, "mentors", with_the_app)]
