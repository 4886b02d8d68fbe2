"""The practice workspace: a Slack on this computer alone, for the demo and for every test."""

from bot.practice.clocks import Clock, MovingClock, StillClock
from bot.practice.faults import Fault
from bot.practice.ledger import Accepted
from bot.practice.members import Channel, Member
from bot.practice.person import Person, texts
from bot.practice.refusals import RealTokenError
from bot.practice.server import PracticeServer
from bot.practice.tokens import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, refuse_real_tokens
from bot.practice.workspace import Workspace

__all__ = [
    "APP_TOKEN",
    "BOT_TOKEN",
    "SIGNING_SECRET",
    "Accepted",
    "Channel",
    "Clock",
    "Fault",
    "Member",
    "MovingClock",
    "Person",
    "PracticeServer",
    "RealTokenError",
    "StillClock",
    "Workspace",
    "refuse_real_tokens",
    "texts",
]
