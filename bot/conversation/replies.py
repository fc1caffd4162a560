"""Every sentence the bot says to readers. Values in, HTML out; what a reader typed is escaped and cut short."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from bot.conversation import problems
from briefings.errors import BriefingsError
from briefings.model import Topic
from briefings.newsroom.readers import Reader, in_words, next_in_words, offset_in_words, topics_in_words

QUOTED_CHARACTERS = 40
LIST_CHARACTERS = 3000

FAILED = "Sorry, that failed on our side and is noted. Please try again in a minute."
NOT_SUBSCRIBED = "You are not subscribed yet. /start subscribes you; nothing was changed."
STOPPED = "Stopped: no more briefings. Your settings are kept; /start brings them back."
NOT_STOPPED = "You are not subscribed, so there is nothing to stop. /start subscribes you."
NO_MORE = "Your last edition left nothing out. /today · /search"
WORDS_ONLY = "I read words only. Send a keyword or a command, for example /today; /help lists them all."
AGAIN = "Nothing new since then. Your last edition again:"
STRANGER = "The general edition. /start brings you one every day at your hour."
WAS_AWAY = "I was away and missed what you asked. Please ask again if you still want to know."
TOPICS_STRANGER = "These topics can be asked for at any time; /start subscribes you to them."
BUTTON_GONE = "That button is out of date."
ADMINS_ONLY = "In a group only its administrators change settings. Anyone may request: /today, /search or a topic."


def welcome(reader: Reader) -> str:
    """Subscribed: when, where, what, and how to change it, in one line."""
    followed = reader.subscriber.wishes.topics
    count = None if followed is None else topics_in_words(len(followed))
    subscribed = f"Subscribed again to {count}" if count else "Subscribed to all topics"
    return (
        f"{subscribed}: {_rhythm(reader)}. Next: {escape(next_in_words(reader))}. "
        "Change it with /at 07:30, /zone Asia/Kolkata or /topics; /stop ends it. Your briefing follows."
    )


def already(reader: Reader) -> str:
    """They are subscribed already."""
    return (
        f"You are subscribed: {_rhythm(reader)}. Next: {escape(next_in_words(reader))}. "
        "/today shows what is new; /at, /zone and /topics change it; /stop ends it."
    )


def done(reader: Reader) -> str:
    """A rhythm was changed."""
    return f"Done: {_rhythm(reader)}. Next: {escape(next_in_words(reader))}."


def nothing_changed(error: BriefingsError) -> str:
    """What was wrong with a setting that a reader asked for."""
    return f"{escape(problems.sentence(error))} Nothing was changed."


def at_usage(reader: Reader) -> str:
    """How to choose hours, with the present ones."""
    return f"Your briefing comes at {_rhythm(reader)}. Choose other hours like /at 07:30 or /at 07:30 18:00 mon-fri."


def zone_usage(reader: Reader) -> str:
    """How to choose a zone, with the present one."""
    zone = escape(reader.subscriber.rhythm.zone)
    return f"Your time zone is {zone}. Choose another by city or IANA name: /zone Kolkata, /zone Europe/Moscow."


def search_failed(error: BriefingsError) -> str:
    """A search that asks for nothing, or cannot be read."""
    return escape(problems.sentence(error))


def unknown(word: str, nearest: Sequence[str], *, archive: bool) -> str:
    """No topic of this name; what comes near, and whether the archive's hits follow."""
    said = f"No topic “{quoted(word)}”."
    if nearest:
        commands = " or ".join(f"/{command}" for command in nearest)
        said += f" Did you mean {commands}?"
    if not nearest and not archive:
        said += " /topics lists what there is, /search looks in the archive, /help names the commands."
    return said


def topics(known: Sequence[Topic], followed: Iterable[str] | None) -> str:
    """Above the topic buttons."""
    if followed is None:
        return f"You follow all {len(known)} topics. Tap one to leave it out; send its command for the dossier."
    number = len(set(followed) & {topic.command for topic in known})
    return f"You follow {number} of {len(known)} topics. Tap to follow or leave out."


def topic_list(known: Sequence[Topic]) -> str:
    """All topics with their commands, one a line, as many as one message holds."""
    lines = [f"/{topic.command} · {escape(topic.title)}" for topic in known]
    room = list(itertools.accumulate(len(line) + 1 for line in lines))
    shown = sum(spent <= LIST_CHARACTERS for spent in room)
    more = [f"… and {len(lines) - shown} more; any word finds its topic."] if shown < len(lines) else []
    return "\n".join(lines[:shown] + more)


def help_text(commands: Iterable[tuple[str, str]], examples: Sequence[str]) -> str:
    """All commands from the one table, and a few topics."""
    lines = [f"/{name} · {escape(sentence)}" for name, sentence in commands]
    if examples:
        lines.append("")
        lines.append("Dossiers: " + " ".join(f"/{command}" for command in examples) + " … any topic, or just a word.")
    return "\n".join(lines)


def quoted(text: str) -> str:
    """What somebody typed: printable, short, escaped."""
    seen = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    seen = " ".join(seen.split())
    return escape(seen if len(seen) <= QUOTED_CHARACTERS else seen[: QUOTED_CHARACTERS - 1] + "…")


def _rhythm(reader: Reader) -> str:
    rhythm = reader.subscriber.rhythm
    return f"{escape(in_words(rhythm))}, {escape(rhythm.zone)} ({offset_in_words(reader)})"
