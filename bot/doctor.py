"""handrail doctor: everything that may be wrong, each with how to mend it. Changes nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import access
from bot.app import make_client
from bot.clock import SystemClock
from bot.errors import HandrailError
from bot.keys import is_confirmed
from bot.manifest import declared
from bot.opening import open_database, read_both_keys
from bot.settings import LAST_BACKUP, Settings
from bot.verifying import Finding
from prompts import ids
from prompts.errors import sentence
from storage.database import Database
from storage.queries import enrolments as enrolment_queries
from storage.queries import health as health_queries
from storage.queries import people as people_queries

_CLOCK_MAY_DIFFER = timedelta(seconds=60)
_BACKUP_OLD = timedelta(days=7)
_OPTIONAL_FOR = {
    "files:write": "calendar files and documents cannot be sent, so their details are shown to copy instead",
    "files:read": "a calendar file whose sending was cut off cannot be looked for, and may come twice",
}
Check = Callable[[], Iterator[Finding]]


def examine(settings: Settings) -> Iterator[Finding]:
    """Run every check; one that cannot be made says why, and the rest go on."""
    checks: list[Check] = [
        lambda: _keys(settings),
        lambda: _database(settings),
        lambda: _tokens(settings),
        lambda: _slack(settings),
        _manifest,
        lambda: _backup(settings),
    ]
    for check in checks:
        try:
            yield from check()
        except HandrailError as error:
            yield Finding(False, sentence(error))


def _keys(settings: Settings) -> Iterator[Finding]:
    keys = read_both_keys(settings)
    yield Finding(True, "Encryption and audit keys can be read. A lost key cannot be recovered by anyone.")
    if settings.is_practice or is_confirmed(settings.folder, *keys):
        yield Finding(True, "The recovery sheet is confirmed.")
    else:
        mend = "Print what `handrail keys new` showed, then run `handrail keys confirm`."
        yield Finding(False, f"Nobody has confirmed the recovery sheet yet. {mend}")


def _database(settings: Settings) -> Iterator[Finding]:
    database = open_database(settings)
    try:
        yield Finding(True, "The database is up to date, and the keys open it.")
        yield from _people(database)
        yield from _channels(database)
    finally:
        database.close()


def _people(database: Database) -> Iterator[Finding]:
    with database.reading() as db:
        leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=SystemClock().now().date())
    if len(leads) >= access.LEADS_NEEDED:
        yield Finding(True, f"There are {len(leads)} programme leads.")
        return
    mend = "Write programme_lead into the roles of two rows of the people list and import it again."
    yield Finding(False, f"There are {len(leads)} programme leads and there must be two. {mend}")


def _channels(database: Database) -> Iterator[Finding]:
    with database.reading() as db:
        channels = {s.programme: s.summary_channel for s in enrolment_queries.list_settings(db)}
        failed = {each: health_queries.find_channel_fault(db, channel=each) for each in channels.values() if each}
    for programme, channel in channels.items():
        if not channel:
            yield Finding(False, f"{programme} has no summary channel. A lead picks one under /mentoring, Settings.")
        elif failed[channel]:
            mend = "Invite Handrail to it (/invite @Handrail), or pick another under /mentoring, Settings."
            yield Finding(False, f"The last summary of {programme} could not be posted ({failed[channel]}). {mend}")
        else:
            yield Finding(True, f"Nothing has kept the summaries of {programme} from their channel.")


def _tokens(settings: Settings) -> Iterator[Finding]:
    """The bot token, and what one of the two ways of reaching us needs: either will do."""
    settings.needed("SLACK_BOT_TOKEN")
    ways = {"SLACK_APP_TOKEN": "Socket Mode", "SLACK_SIGNING_SECRET": "HTTP"}
    wrong = {name: said for name in ways if (said := _wrong_with(settings, name))}
    for name, said in wrong.items():
        other_way_is_open = len(wrong) < len(ways) and not getattr(settings, name.lower())
        yield Finding(other_way_is_open, f"{said} Needed for {ways[name]} only.")


def _wrong_with(settings: Settings, name: str) -> str:
    try:
        settings.needed(name)
    except HandrailError as error:
        return sentence(error)
    return ""


def _slack(settings: Settings) -> Iterator[Finding]:
    if not settings.slack_bot_token:
        return
    answer = _asked(make_client(settings.slack_bot_token, settings.slack_api_url, timeout=10).auth_test)
    if isinstance(answer, Finding):
        yield answer
        return
    yield Finding(True, f"Slack knows the bot token: workspace {answer['team']}.")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield from _scopes(headers.get("x-oauth-scopes", ""))
    yield from _clock(headers.get("date", ""))
    yield from _socket_mode(settings)


def _asked(call: Callable[..., Any], **more: Any) -> Any:
    """Call Slack; what it refuses becomes a finding."""
    try:
        return call(**more)
    except SlackApiError as why:
        code = why.response["error"]
        return Finding(False, f"Slack refuses the token ({code}). Copy it again from your app's page into .env.")
    except OSError as why:
        mend = "Check the network, a proxy, and SLACK_API_URL."
        return Finding(False, f"Slack cannot be reached ({type(why).__name__}). {mend}")


def _scopes(granted: str) -> Iterator[Finding]:
    have, wanted = {scope.strip() for scope in granted.split(",")}, declared()
    missing = sorted(wanted.scopes - have)
    if missing:
        mend = "Paste app_manifest.yml into your app's page, App Manifest, then Install App, Reinstall."
        yield Finding(False, f"Slack has not granted {', '.join(missing)}. {mend}")
    else:
        yield Finding(True, "Slack has granted every scope that is needed.")
    for scope in sorted(wanted.optional_scopes - have):
        yield Finding(True, f"Without the optional {scope}, {_OPTIONAL_FOR[scope]}.")


def _clock(date_header: str) -> Iterator[Finding]:
    if not date_header:
        return
    slack, ours = parsedate_to_datetime(date_header), SystemClock().now()
    if abs(slack - ours) <= _CLOCK_MAY_DIFFER:
        yield Finding(True, "This machine's clock agrees with Slack's.")
        return
    off = int((ours - slack).total_seconds())
    way = "ahead of" if off > 0 else "behind"
    mend = (
        "Set the machine's clock by the network (timedatectl set-ntp true): requests would be refused, nudges mistimed."
    )
    yield Finding(False, f"This machine's clock is {abs(off)} seconds {way} Slack's. {mend}")


def _socket_mode(settings: Settings) -> Iterator[Finding]:
    if not settings.slack_app_token:
        return
    client = WebClient(base_url=settings.slack_api_url, timeout=10, retry_handlers=[])
    answer = _asked(client.apps_connections_open, app_token=settings.slack_app_token)
    if isinstance(answer, Finding):
        mend = "Make an app-level token with connections:write, and switch Socket Mode on."
        yield Finding(False, f"Socket Mode cannot be used. {answer.says} {mend}")
    else:
        yield Finding(True, "Socket Mode can be used.")


def _manifest() -> Iterator[Finding]:
    wanted = declared()
    ours = {str(command) for command in ids.Command}
    if wanted.commands == ours and wanted.shortcuts == {str(shortcut) for shortcut in ids.Shortcut}:
        yield Finding(True, "app_manifest.yml says what this Handrail does.")
    else:
        yield Finding(False, "app_manifest.yml is of another Handrail. Take the one that came with this one.")


def _backup(settings: Settings) -> Iterator[Finding]:
    noted = settings.folder / LAST_BACKUP
    mend = "Run `handrail db backup DIR`, best every night."
    if not noted.exists():
        yield Finding(False, f"There is no backup yet. {mend}")
        return
    made_at = datetime.fromisoformat(noted.read_text().strip()).astimezone(UTC)
    age = SystemClock().now() - made_at
    old = age > _BACKUP_OLD
    yield Finding(not old, f"The last backup is of {made_at:%d %b %Y}.{f' {mend}' if old else ''}")
