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

FOLLOW_MARK, FOLLOWED_MARK, LEFT_OUT_MARK = "➕", "✅", "▫️"
"""The first characters of a topic button's label: a press follows the topic, leaves it out, follows it."""

QUOTED_CHARACTERS = 40
"""Characters of what a reader typed that are quoted."""

LIST_CHARACTERS = 3000
"""Characters of HTML that a list takes, so that it fits one message with the sentence above it."""

FAILED = "Sorry, that failed on our side and is noted. Please try again in a minute."
NOT_SAVED = "That cannot be saved now, so nothing was changed. Please try again later."
NOT_SUBSCRIBED = "You are not subscribed yet. /start subscribes you; nothing was changed."
STOPPED = "Stopped: no more briefings. Your settings are kept; /start brings them back."
NOT_STOPPED = "You are not subscribed, so there is nothing to stop. /start subscribes you."
NO_MORE = "Your last edition left nothing out. /today · /search"
WORDS_ONLY = "I read words only. Send a keyword or a command, for example /today; /help lists them all."
AGAIN = "Nothing new since then. Your last edition again:"
STRANGER = "The general edition. /start brings you one every day at your hour."
WAS_AWAY = "I was away and missed what you asked. Please ask again if you still want to know."
TOPICS_STRANGER = "These topics can be asked for at any time; /start subscribes you to them."
ADDED = "Hello. /start by an administrator subscribes this group to a daily briefing. Anyone may ask: /today, /help."
THREAD_GONE = "The thread where your briefing came is gone. It comes here from now on; your settings are kept."
BUTTON_GONE = "That button is out of date."
COULD_NOT_CHECK = "I could not check whether you are an administrator; please try again."
ADMINS_ONLY = "In a group only its administrators change settings. Anyone may ask: /today, /search or a topic."


def left_out(count: int) -> str:
    """Say that a chat asked faster than it could be answered."""
    questions = "one question" if count == 1 else f"{count:,} questions"
    return f"You asked faster than I may answer here, so I left out {questions}. The newest are answered now."


def welcome(reader: Reader) -> str:
    """Say when and what a new subscriber gets, and how to change it."""
    followed = reader.subscriber.wishes.topics
    count = None if followed is None else topics_in_words(len(followed))
    subscribed = f"Subscribed again to {count}" if count else "Subscribed to all topics"
    return (
        f"{subscribed}: {_rhythm(reader)}. Next: {_next(reader)}. "
        "Change it with /at 07:30, /zone Asia/Kolkata or /topics; /stop ends it. Your briefing follows."
    )


def already(reader: Reader) -> str:
    """Say that the reader is subscribed already, when and what they get, and how to change it."""
    return (
        f"You are subscribed: {_rhythm(reader)}. Next: {_next(reader)}. "
        "/today shows what is new; /at, /zone and /topics change it; /stop ends it."
    )


def done(reader: Reader) -> str:
    """Say the new rhythm, and when it next brings an edition."""
    return f"Done: {_rhythm(reader)}. Next: {_next(reader)}."


def nothing_changed(error: BriefingsError) -> str:
    """Say why a setting that a reader asked for was refused, and that nothing was changed."""
    return f"{escape(problems.sentence(error))} Nothing was changed."


def at_usage(reader: Reader) -> str:
    """Say the present hours, and how to choose others."""
    return f"Your briefing comes at {_rhythm(reader)}. Choose other hours like /at 07:30 or /at 07:30 18:00 mon-fri."


def zone_usage(reader: Reader) -> str:
    """Say the present zone, and how to choose another."""
    zone = escape(reader.subscriber.rhythm.zone)
    return f"Your time zone is {zone}. Choose another by city or IANA name: /zone Kolkata, /zone Europe/Moscow."


def search_failed(error: BriefingsError) -> str:
    """Say that a search asks for nothing, or why it cannot be read."""
    return escape(problems.sentence(error))


def unknown(word: str, nearest: Sequence[str], *, archive: bool) -> str:
    """Say that no topic has this name, and which come near. `archive`: the archive's hits follow."""
    reply_text = f"No topic “{quoted(word)}”."
    if nearest:
        commands = " or ".join(f"/{command}" for command in nearest)
        reply_text += f" Did you mean {commands}?"
    if not nearest and not archive:
        reply_text += " /topics lists what there is, /search looks in the archive, /help names the commands."
    return reply_text


def topics(all_topics: Sequence[Topic], followed: Iterable[str] | None) -> str:
    """Say, above the topic buttons, how many topics are followed (None: all are)."""
    if followed is None:
        return f"You follow all {len(all_topics)} topics. Tap one to leave it out; send its command for the dossier."
    number = len(set(followed) & {topic.command for topic in all_topics})
    return f"You follow {number} of {len(all_topics)} topics. Tap to follow or leave out."


def topic_list(all_topics: Sequence[Topic]) -> str:
    """List the topics with their commands, one a line, as many as one message holds."""
    lines = [f"/{topic.command} · {escape(topic.title)}" for topic in all_topics]
    lengths = itertools.accumulate(len(line) + 1 for line in lines)
    shown = sum(length <= LIST_CHARACTERS for length in lengths)
    more = [f"… and {len(lines) - shown} more; any word finds its topic."] if shown < len(lines) else []
    return "\n".join(lines[:shown] + more)


def help_text(commands: Iterable[tuple[str, str]], examples: Sequence[str]) -> str:
    """List commands with their sentences, and the commands of a few topics."""
    lines = [f"/{name} · {escape(sentence)}" for name, sentence in commands]
    if examples:
        lines.append("")
        lines.append("Dossiers: " + " ".join(f"/{command}" for command in examples) + " … any topic, or just a word.")
    return "\n".join(lines)


def menu_sentence(topic: Topic) -> str:
    """Describe a topic's command in the menu. Plain text, as all labels here."""
    return f"Dossier: {topic.expansion or topic.title}"


def follow_label(topic: Topic) -> str:
    """Label the button that follows a topic."""
    return f"{FOLLOW_MARK} Follow {topic.title}"


def following_label(topic: Topic) -> str:
    """Label the same button once the topic is followed."""
    return f"{FOLLOWED_MARK} Following {topic.title}"


def topic_label(topic: Topic, *, is_followed: bool) -> str:
    """Label a topic's button in the list of topics."""
    return f"{FOLLOWED_MARK if is_followed else LEFT_OUT_MARK} {topic.title}"


def is_followed_by(label: str) -> bool | None:
    """Return True if a topic button's label says that its topic is followed; None when it is no such label."""
    if label.startswith(FOLLOWED_MARK):
        return True
    return False if label.startswith((FOLLOW_MARK, LEFT_OUT_MARK)) else None


def page_label(page: int, pages: int) -> str:
    """Label the button between the arrows. `page` counts from 0."""
    return f"{page + 1} of {pages}"


def quoted(text: str) -> str:
    """Return what somebody typed without invisible characters, cut short and escaped."""
    visible = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    visible = " ".join(visible.split())
    return escape(visible if len(visible) <= QUOTED_CHARACTERS else visible[: QUOTED_CHARACTERS - 1] + "…")


def _next(reader: Reader) -> str:
    """Return the time of the next edition, marked as an instant. Its format is empty: the zone is said beside it."""
    unix = int(reader.next.at.timestamp())
    return f'<tg-time unix="{unix}" format="">{escape(next_in_words(reader))}</tg-time>'


def _rhythm(reader: Reader) -> str:
    rhythm = reader.subscriber.rhythm
    return f"{escape(in_words(rhythm))}, {escape(rhythm.zone)} ({offset_in_words(reader)})"
