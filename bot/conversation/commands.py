"""The one table of commands: name, sentence, handler.

`/help` and the menu are made from it, and `understand` looks the names of commands up in it. Topics are not in it: they
are data, and a word that is not here is looked up among them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.conversation import replies
from bot.conversation.handlers import reading, subscription, topics
from bot.conversation.request import Reply, Request
from briefings.editions.model import CommandNames
from briefings.model import Topic

Handler = Callable[[Request], Awaitable[Reply]]
Change = Callable[[Request], Awaitable[None]]

HELP_TOPICS = 12
"""Topics that `/help` names as examples."""

MENU_COMMANDS = 100
"""Commands in a menu at most (Bot API, setMyCommands)."""

MENU_NAME = re.compile(r"[a-z0-9_]{1,32}")
"""The commands that Telegram takes into a menu (Bot API, BotCommand); it refuses a menu with any other as a whole."""

MENU_DESCRIPTION = 256
"""Characters of a command's description at most (Bot API, BotCommand)."""


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table. `sentence` says what the command does, in `/help` and in the menu.

    A command that `changes_settings` is for a group's administrators only, and is carried out however long it waited.
    """

    name: str
    sentence: str
    handler: Handler
    changes_settings: bool = False
    alias_of: str | None = None


@dataclass(frozen=True, slots=True)
class ButtonAction:
    """The action of a button: `view` gives what the message above it shows from then on.

    A button with a `change` changes a setting, before that; in a group it is for administrators only.
    """

    view: Handler
    change: Change | None = None


async def help_command(request: Request) -> Reply:
    """Reply with all commands of this table and the first topics."""
    examples = [topic.command for topic in (await request.newsroom.reading.topics())[:HELP_TOPICS]]
    return Reply(replies.help_text(((command.name, command.sentence) for command in COMMANDS), examples))


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
"""The commands that editions and dossiers name, as readers type them."""

BY_NAME = {command.name: command for command in COMMANDS}

BUTTONS: dict[str, ButtonAction] = {
    "on": ButtonAction(topics.redraw, topics.follow),
    "off": ButtonAction(topics.redraw, topics.leave_out),
    "show": ButtonAction(topics.redraw),
    "topics": ButtonAction(topics.listing),
    "more": ButtonAction(reading.more),
}
"""The actions of buttons by their verb, the first word of their callback data (`keyboards.py`)."""


def menu(all_topics: Sequence[Topic]) -> list[tuple[str, str]]:
    """Return the commands Telegram offers while typing, with their sentences: ours, then the topics, 100 at most.

    A topic whose command Telegram does not take is left out.
    """
    ours = [(command.name, command.sentence) for command in COMMANDS if command.alias_of is None]
    dossiers = [
        (topic.command, replies.menu_sentence(topic)[:MENU_DESCRIPTION])
        for topic in all_topics
        if topic.command not in BY_NAME and MENU_NAME.fullmatch(topic.command)
    ]
    return [*ours, *dossiers][:MENU_COMMANDS]
