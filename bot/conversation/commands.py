"""The one table of commands: name, sentence, handler. `/help`, the menu and the router are made from it.

Topics are not in it: they are data, and any word that is not here is looked up among them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.conversation import replies
from bot.conversation.handlers import reading, subscription, topics
from bot.conversation.request import Reply, Request
from briefings.editions.model import CommandNames
from briefings.model import Topic

Handler = Callable[[Request], Awaitable[Reply]]

MENU_COMMANDS = 100
MENU_DESCRIPTION = 256


@dataclass(frozen=True, slots=True)
class Command:
    """`changes_settings`: it changes something, and is carried out however long it waited for us."""

    name: str
    sentence: str
    handler: Handler
    changes_settings: bool = False
    alias_of: str | None = None


async def help_command(request: Request) -> Reply:
    """Everything there is, from this table."""
    known = await request.newsroom.reading.topics()
    return Reply(replies.help_text(((c.name, c.sentence) for c in COMMANDS), [t.command for t in known[:12]]))


COMMANDS = (
    Command("start", "Subscribe; your first briefing comes at once", subscription.start, changes_settings=True),
    Command("today", "What is new since your last edition", reading.today),
    Command("briefing", "The same as /today", reading.today, alias_of="today"),
    Command("more", "The stories your last edition left out", reading.more),
    Command("topics", "Choose your topics", topics.listing),
    Command("search", 'Search the archive: words "a phrase" -not since:2026-01-01 source:name', reading.search),
    Command("at", "Your hours: /at 07:30 18:00 mon-fri", subscription.at, changes_settings=True),
    Command("zone", "Your time zone: /zone Asia/Kolkata", subscription.zone, changes_settings=True),
    Command("stop", "Unsubscribe; your settings are kept", subscription.stop, changes_settings=True),
    Command("help", "All commands", help_command),
)

COMMAND_NAMES = CommandNames(today="/today", more="/more", search="/search", topics="/topics", topic_prefix="/")
"""For the newsroom, whose editions and dossiers name commands."""

BY_NAME = {command.name: command for command in COMMANDS}

BUTTONS: dict[str, Handler] = {
    "toggle": topics.toggle,
    "topics": topics.listing,
    "follow": topics.follow,
    "more": reading.more,
}
"""What a button's verb does; its message is replaced by the reply."""

SETTING_BUTTONS = frozenset({"toggle", "follow"})
"""Those that change a setting."""


def menu(known: Sequence[Topic]) -> list[tuple[str, str]]:
    """The commands Telegram offers while typing: ours, then the topics, at most a hundred."""
    ours = [(command.name, command.sentence) for command in COMMANDS if command.alias_of is None]
    theirs = [
        (topic.command, f"Dossier: {topic.expansion or topic.title}"[:MENU_DESCRIPTION])
        for topic in known
        if topic.command not in BY_NAME
    ]
    return [*ours, *theirs][:MENU_COMMANDS]
