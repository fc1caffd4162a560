"""Operators' sentences: one for each key of a problem, in a terminal's words.

The verbs, the log and the alerts to owners all take their sentences from here; `bot/ops` is the lowest folder that all
three may import.
Promises a text for every problem: one whose key or arguments are unknown (a reason stored by another version) is
given in its technical form. Never names a command of the chat; readers' sentences are in `bot/conversation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.ops.database_problems import DATABASE, database_named
from bot.ops.file_problems import INTAKE as _INTAKE
from bot.ops.template_problems import TEMPLATES as _TEMPLATES
from briefings.errors import Argument, BriefingsError, Problem

Sentence = str | Callable[..., str]
"""A format string over a problem's arguments, or a function of them. A Problem among those is given as its sentence."""


def sentence(trouble: BriefingsError | Problem) -> str:
    """Return the operator's sentence for an error or a problem. Never raises."""
    problem = trouble.problem if isinstance(trouble, BriefingsError) else trouble
    words = SENTENCES.get(problem.key)
    try:
        if isinstance(words, str):
            return words.format(**_spelled(problem.arguments))
        if words is not None:
            return words(**_spelled(problem.arguments))
    except (KeyError, TypeError, ValueError):  # stored by another version, with other arguments
        pass
    return str(problem)


def _spelled(arguments: Mapping[str, Argument]) -> dict[str, str | int | float]:
    return {name: sentence(value) if isinstance(value, Problem) else value for name, value in arguments.items()}


def _nothing_kept(word: str, nearest: str) -> str:
    hint = f"; the nearest topics: {nearest}" if nearest else ""
    return f"nothing is kept on “{word}”{hint}"


def _topic_not_there(topic: str, nearest: str) -> str:
    hint = f" (did you mean {nearest}?)" if nearest else ""
    return f"there is no topic “{topic}”{hint}; nothing was removed"


def _only_notice(notice: str) -> str:
    return f"the text is only {NOTICES[notice]}"


def _page_wall(kind: str) -> str:
    return f"the page shows no article, only {NOTICES[kind]}"


def _clock_off(minutes: int, ahead: int) -> str:
    return f"this machine's clock is {_off(minutes, ahead)}; set it right, for example: timedatectl set-ntp true"


def _server_clock_off(minutes: int, ahead: int) -> str:
    return f"the clock of the database's server is {_off(minutes, ahead)}; set it right there"


def _off(minutes: int, ahead: int) -> str:
    if ahead:
        return f"{minutes:,} minutes ahead of Telegram's, so editions come early"
    return f"{minutes:,} minutes behind Telegram's, so editions come late"


NOTICES = {
    "javascript": "a request to switch JavaScript on",
    "access": "a refusal of access",
    "cookies": "a question about cookies",
    "robots": "a test for robots",
    "missing": "a page that was not found",
    "account": "a request to subscribe or log in",
    "loading": "a notice of loading",
    "parked": "a domain for sale",
    "server": "an error of its server",
}
"""The kinds of notice that `briefings/text/notices.py` tells apart."""

_CITY = "Try a city, for example Kolkata, or an IANA name such as Europe/Moscow."
_HOURS = "Use 00:00 to 23:59, for example 07:30."

_WRAPPED: Mapping[str, Sentence] = {
    "stated": "{text}",
    "within": "{place}: {problem}",
    "nothing-added": "{problem}; nothing was added",
    "nothing-changed": "{problem}; nothing was changed",
    "in-database": database_named,
}

_WISHES: Mapping[str, Sentence] = {
    "rhythm-empty": "A rhythm needs an hour and a weekday, for example 07:30.",
    "not-hour": f"“{{word}}” is not an hour. {_HOURS}",
    "not-hour-nor-weekday": "“{word}” is neither an hour nor a weekday. Try for example 07:30 mon-fri.",
    "no-hour": f"“{{text}}” names no hour. {_HOURS}",
    "which-hour": f"Which hour? {_HOURS}",
    "too-many-hours": "{hours} hours a day are too many. Use at most {most}, for example 07:30 12:00.",
    "which-zone": f"Which zone? {_CITY}",
    "zone-is-offset": f"“{{text}}” is an offset; unlike a zone it knows no summer time. {_CITY}",
    "unknown-zone": "no zone is called “{text}”; use a city or an IANA name such as Europe/Moscow",
    "empty-query": 'Search for what? For example: briefings search "air defence" -cricket since:2025-11-01',
    "since-not-date": "“{text}” is not a date. Write it like since:2025-11-01.",
    "unknown-topic": "there is no topic “{topic}”; `briefings topics list` shows them",
    "moment-not-time": "“{text}” is not a time; write it like 2025-12-04T07:30",
    "days-out-of-range": "--days {days}: it must be 1 to {most}",
    "moment-ahead": "{moment} is still to come; a preview is of now or of the past",
    "since-after-at": "--since ({since}) is after --at ({at}); a reader is told news before the edition, not after it",
    "moment-too-far": "“{text}” is too far away; write a time like 2025-12-04T07:30",
}

_FILES: Mapping[str, Sentence] = {
    "unreadable": lambda cause: cause or "cannot be read",
    "unwritable": lambda cause: cause or "cannot be written",
    "file-too-long": "longer than {megabytes} MB",
    "folder-unreadable": lambda cause: f"the folder: {cause or 'cannot be read'}",
    "folder-too-full": "the folder holds more than {most:,} files",
    "no-such-folder": "there is no such folder",
    "no-topic-file": "holds no .toml file",
    "parser-broke": "cannot be read ({kind})",
    "parser-too-slow": "takes more than {seconds:g} s to read",
    "parser-too-large": "takes more than {megabytes} MB of memory to read",
    "worker-not-started": "the process that reads documents could not be started ({cause})",
}

_ENTRIES: Mapping[str, Sentence] = {
    "line-too-long": "longer than {bytes:,} bytes",
    "not-utf-8": "not UTF-8 text",
    "nested-too-deeply": "nested too deeply",
    "not-json": "not JSON",
    "not-json-number": "not JSON: {name}",
    "not-json-object": "not a JSON object",
    "field-given-twice": "{field} is given twice",
    "field-not-text": "{field} is not text",
    "no-title": "no title",
    "no-text": "no text",
    "no-title-and-no-text": "no title and no text",
    "title-too-long": "title is longer than {most} characters",
    "text-too-short": "text is empty or too short",
    "text-too-long": "text is longer than {most:,} characters",
    "url-not-address": "url is not a web address: {value}",
    "url-too-long": "url is longer than {most:,} characters",
    "published-not-date": "published is not a date: {value}",
    "published-out-of-range": "published is no date that news can bear",
    "language-not-code": "language is not a code: {value}",
    "removed-earlier": "it was removed earlier",
    "half-character": "not Unicode text: half a character",
    "broken-characters": "the text is no writing: broken or binary characters",
    "unbroken-run": "the text is no writing: one unbroken run of characters",
    "one-word-repeated": "the text repeats one word",
    "filler": "the text is filler (Lorem ipsum)",
    "list-of-links": "the text is a list of links",
    "only-notice": _only_notice,
    "page-wall": _page_wall,
    "page-too-long": "the page is longer than {megabytes} MB",
    "page-too-complex": "the page has too many elements",
    "page-without-text": "the page has no readable text",
    "page-without-title": "the page has no title",
    "page-text-too-long": "the page's text is longer than {most:,} characters",
    "page-title-too-long": "the title is longer than {most} characters",
}

_FEEDS: Mapping[str, Sentence] = {
    "not-feed": "this is no feed",
    "feed-too-long": "the feed is longer than {megabytes} MB",
    "feed-unreadable": "the feed cannot be read",
    "feed-unsafe": "the feed cannot be read: {problem}",
    "feed-malformed": "malformed: {cause}",
    "feed-malformed-and-long": "the feed is malformed, and too long to be read nevertheless",
    "feed-cut": "only the newest {most:,} of {items:,} items are read",
    "json-broken-off": "not valid JSON; read as far as it goes",
    "entities-grow": "it declares entities that grow when they are put in",
    "entities-in-broken-prolog": "it declares entities, but is broken before its first element",
    "author-too-long": "an author in it is one word of more than {most:,} characters",
    "too-many-elements": "it has too many elements or attributes",
    "not-opml": "this is no OPML",
    "list-too-long": "the list is longer than {megabytes} MB",
    "list-unsafe": "the list cannot be read: {problem}",
    "list-too-many-feeds": "the list names more than {most:,} feeds",
    "list-without-feed": "the list names no feed",
}

_WEB: Mapping[str, Sentence] = {
    "not-web-address": "not a web address",
    "feed-without-address": "the list gives no address for this feed",
    "address-too-long": "the address is longer than {most:,} characters",
    "redirect-to-no-address": "{host} redirects to no web address",
    "too-many-redirects": "{host} redirects more than {most} times",
    "server-refused": "{host} answered {status}",
    "answer-not-text": "{host} sent {kind}, which is no text",
    "answer-too-long": "{host} sent more than {megabytes} MB",
    "answer-too-slow": "{host} did not answer within {seconds:g} s",
    "answer-unreadable": "{host} sent an answer that cannot be read",
    "private-network": "{host} is on a private network and is not fetched; BRIEFINGS_ALLOW_HOSTS={host} allows it",
    "host-not-found": "{host} could not be found",
    "bad-certificate": "{host} has no valid certificate",
    "connection-refused": "{host} refused the connection",
    "connection-closed": "{host} closed the connection",
    "proxy-not-reached": "the proxy in BRIEFINGS_PROXY cannot be reached",
    "proxy-password-refused": "the proxy refuses the user or the password in BRIEFINGS_PROXY",
    "proxy-not-connecting": "the proxy did not connect to {host}",
    "proxy-not-address": "the proxy must be an http:// or socks5:// address",
    "endpoint-answers": "answers {status}",
    "endpoint-too-slow": "did not answer within {seconds:g} s",
    "endpoint-without-end": "sends answers without end",
    "endpoint-not-reached": "cannot be reached: {problem}",
    "endpoint-unusable": "cannot be used ({kind})",
    "endpoint-no-summary": "sends answers that are no summary",
    "endpoint-unprintable": "sends summaries that cannot be printed",
}

_TOPICS: Mapping[str, Sentence] = {
    "topic-not-toml": "{file}: not TOML: {cause}",
    "topic-nested-too-deep": "{file}: not TOML: nested too deep",
    "topics-not-tables": "{file}: 'topics' must be tables, written [[topics]]",
    "topic-unknown-field": "{file}: unknown key {field!r}",
    "topic-bad-command": "{file}: the command must be 1 to 32 of a-z, 0-9 and _, beginning with a letter",
    "topic-without-alias": "{file}: no aliases, so nothing could ever match",
    "topic-text-missing": "{file}: {field!r} is missing or no text",
    "topic-text-too-long": "{file}: {field!r} is longer than {most} characters",
    "topic-not-list": "{file}: {field!r} must be a list of words",
    "topic-name-without-letter": "{file}: {name!r} in {field!r} holds no letter and no digit",
    "topic-list-too-long": "{file}: {field!r} holds more than {most} or a longer one than {longest} characters",
    "topic-named-as-command": "/{command} is a command of the bot, no topic can have it",
    "topic-twice": "/{command} is there twice",
    "topic-not-there": _topic_not_there,
}

_DELIVERIES: Mapping[str, Sentence] = {
    "reader-unsubscribed": "the reader unsubscribed",
    "reader-moved": "moved",
    "face-removed": "the bot was blocked or removed",
    "face-silenced": "the bot may not write there",
    "place-gone": "moved, because the thread is gone",
    "edition-before-not-told": "the edition before it could not be delivered; the next tells the stories of both",
    "part-unknown": "a message of it may or may not have arrived",
    "address-taken": "moved to an address that is subscribed already",
    "bot-must-wait": "Telegram asked the bot to wait",
    "chat-must-wait": "this chat was written to a moment ago",
    "too-many-requests": "too many requests",
    "token-refused": "Telegram refuses the token",
    "telegram-unreachable": "Telegram cannot be reached: {cause}",
    "telegram-answers": "Telegram answers {status}",
    "answer-not-understood": "HTTP {status} without a readable answer",
    "refused-without-reason": "HTTP {status}",
    "no-answer-in-time": "no answer came in time",
    "line-died": "the line died before the answer: {cause}",
}

_SETTINGS: Mapping[str, Sentence] = {
    "not-folder": "{path} is not a folder",
    "not-proxy-address": "must be an http:// or socks5:// address, as socks5://user:password@host:1080",
    "socks-password-unusable": "must have, for socks5://, no user and no password or both, "
    "each of 1 to 255 ASCII characters",
    "not-http-address": "must be an http:// or https:// address",
    "address-with-password": "must be an http:// or https:// address without a password in it",
    "not-host": "“{host}” is not the name or address of a host; leave out http:// and the port",
    "model-missing": "must name a model when BRIEFINGS_SUMMARY_API_URL is set",
    "not-https-address": "must be an https:// address",
    "webhook-path-not-plain": "must be an address with a plain path, as https://bot.example.org/briefings",
    "webhook-path-not-own": "must be an address with a path of its own and nothing after it",
    "not-host-and-port": "must be a host and a port, as 127.0.0.1:8080, or off",
    "not-chat": "“{chat}” is not the number of a chat",
    "secret-not-allowed": "may hold up to 256 of A-Z a-z 0-9 _ - and nothing else",
    "secret-missing": "must be set when TELEGRAM_WEBHOOK_URL is; any random characters of A-Z a-z 0-9 _ - will do",
    "listen-missing": "must be set when TELEGRAM_WEBHOOK_URL is",
    "not-whole-number": "must be a whole number from {least:,} to {most:,}",
    "not-number": "must be a number from {least:,} to {most:,}",
    "not-choice": "must be one of {choices}",
    "not-yes-or-no": "must be true or false",
    "setting-unusable": "cannot be used",
    "settings-not-utf-8": ".env is not UTF-8 text",
}

_PROGRAM: Mapping[str, Sentence] = {
    "bad-token": "Telegram does not know this bot token. Check TELEGRAM_BOT_TOKEN; @BotFather shows the right one.",
    "no-token": "TELEGRAM_BOT_TOKEN is not set; @BotFather gives you one, put it into .env. Without one: briefings try",
    "webhook-refused": "Telegram does not take TELEGRAM_WEBHOOK_URL: {cause}",
    "cannot-listen": "TELEGRAM_LISTEN: {host}:{port} cannot be used ({cause})",
    "newsroom-empty": "the newsroom is empty; `briefings add FILE` puts articles in",
    "clock-off": _clock_off,
    "server-clock-off": _server_clock_off,
    "clock-right": "the clock agrees with Telegram's again",
    "nothing-to-preview": "{problem}, --sample shows the sample newsroom",
    "nothing-kept": _nothing_kept,
    "stories-come-otherwise": "another edition brings the stories of delivery {number}, or has brought them",
    "no-failed-delivery": "there is no failed delivery {number}",
    "article-not-there": "there is no article {number}; nothing was removed",
    "not-agreed": "nothing was removed",
    "nobody-to-ask": "there is no terminal to ask on; --yes removes without asking",
    "trial-unanswered": "an answer did not come: {cause}",
    "trial-port-taken": "port {port} cannot be used: {cause}",
}

SENTENCES: Mapping[str, Sentence] = {
    **_WRAPPED,
    **_WISHES,
    **_FILES,
    **_INTAKE,
    **_ENTRIES,
    **_FEEDS,
    **_WEB,
    **_TOPICS,
    **_TEMPLATES,
    **DATABASE,
    **_DELIVERIES,
    **_SETTINGS,
    **_PROGRAM,
}
"""Key → the operator's sentence."""
