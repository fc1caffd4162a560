"""The simulator's state: chats, messages, updates not yet fetched, ordered faults, and every call made.

**Promise**: readers act by `say`, `press`, `photo`, `sticker`, `block`; each queues the update Telegram would queue.
`sent` and `calls` show what the bot did; `wait` and `wait_for` wait for it, look again at each change, and never poll.
All of it belongs to one event loop; nothing is kept on disk.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, TypeVar

from bot.simulator.chats import BOT_ID, Call, Chat, Json, Press, Sent, Webhook, member_json, seconds
from bot.simulator.entities import detect
from bot.simulator.trouble import FAULTS, REFUSALS, SILENT, ApiError, Fault, RateLimits

T = TypeVar("T")

_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}  # only when asked for by name


class State:
    """The state of one simulator. `clock` gives the dates of messages and answers, aware.

    While `is_dated` is false, answers have no `Date` header, as those of a Bot API server of one's own.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None, username: str = "briefings_bot") -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.me: Json = {"id": BOT_ID, "is_bot": True, "first_name": "Briefings", "username": username}
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.updates: list[Json] = []
        self.allowed_updates: list[str] = []
        self.webhook: Webhook | None = None
        self.presses: dict[str, Press] = {}
        self.commands: dict[tuple[str, str, str, str], list[Json]] = {}
        self.dropped_entities = 0
        self.refused_by_rate_limits = 0
        self.version = 0
        self._down = False
        self.is_dated = True
        self.deaf_since = 0.0
        """Polls over connections that were opened before this time, in seconds that only grow, bring nothing."""
        self._odd_dates: list[str] = []
        self._faults: list[Fault] = []
        self._rate_limits: RateLimits | None = None
        self._message_id = 0
        self._update_id = time.time_ns() // 1_000_000  # a program that runs on knows those of earlier simulators
        self._changed = asyncio.Event()

    # Chats

    def person(self, chat_id: int, name: str = "Reader", *, language: str = "en") -> Chat:
        """Add a private chat that the reader has started, so that the bot may write there."""
        return self._add(Chat(chat_id, "private", name, language))

    def group(
        self,
        chat_id: int,
        title: str,
        admins: Iterable[int] = (),
        *,
        kind: str = "supergroup",
        threads: Iterable[int] = (),
    ) -> Chat:
        """Add a group with the bot in it. The first admin is its creator; threads make it a forum."""
        return self._add(Chat(chat_id, kind, title, admins=list(admins), threads=set(threads)))

    def channel(self, chat_id: int, title: str, admins: Iterable[int] = ()) -> Chat:
        return self._add(Chat(chat_id, "channel", title, admins=list(admins), bot_status="administrator"))

    def _add(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        self.touch()
        return chat

    def chat(self, chat_id: int) -> Chat:
        """Return a chat that exists. Raises LookupError, which is for tests: the bot gets an ApiError."""
        if chat_id not in self.chats:
            raise LookupError(f"the simulator has no chat {chat_id}: call person(), group() or channel() first")
        return self.chats[chat_id]

    def block(self, chat_id: int, how: str = "blocked", *, tell: bool = False) -> None:
        """Shut the bot out, `how` as in `REFUSALS`; with `tell`, an update says so, as Telegram sends it."""
        if how not in REFUSALS:
            raise ValueError(f"no such trouble: {how!r}; there are {', '.join(REFUSALS)}")
        self.chat(chat_id).trouble = how
        self.bot_status(chat_id, "left" if how == "left" else "kicked", tell=tell)

    def unblock(self, chat_id: int, *, tell: bool = False) -> None:
        self.chat(chat_id).trouble = None
        self.bot_status(chat_id, "member", tell=tell)

    def bot_status(self, chat_id: int, status: str, *, user_id: int | None = None, tell: bool = True) -> None:
        """Set the bot's status in a chat: member, administrator, restricted (to silence), left, kicked."""
        chat = self.chat(chat_id)
        old, chat.bot_status = chat.bot_status, status
        if tell:
            change = {"chat": chat.as_json(), "from": chat.user(chat.author(user_id)), "date": seconds(self.clock())}
            for name, value in (("old_chat_member", old), ("new_chat_member", status)):
                change[name] = member_json(value, self.me)
            self._queue("my_chat_member", change)
        self.touch()

    def migrate(self, old: int, new: int, *, tell: bool = False) -> None:
        """Make the group a supergroup under a new id; calls with the old id are refused and name the new one.

        With `tell`, service messages in both say so, as Telegram sends them.
        """
        chat = self.chat(old)
        supergroup = self.group(new, chat.name, chat.admins)
        chat.moved_to = new
        if tell:
            for where, service in ((chat, {"migrate_to_chat_id": new}), (supergroup, {"migrate_from_chat_id": old})):
                message = self.add(where, author=where.author(None))
                self._queue("message", message.as_json(where, self.me) | service)

    # People

    def say(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        edited: bool = False,
        thread: int | None = None,
        sent_at: datetime | None = None,
    ) -> int:
        """Have a person write, or edit their last message. Return the message's id."""
        chat, text = self.chat(chat_id), text.strip()
        author = chat.author(user_id)
        own = [message for message in chat.messages.values() if message.author == author and not message.method]
        if edited and own:
            message = own[-1]
            message.text, message.entities, message.edited = text, detect(text), message.edited + 1
            message.edited_at = sent_at or self.clock()
        else:
            message = self.add(chat, text=text, entities=detect(text), author=author, thread=thread, at=sent_at)
        kind = "channel_post" if chat.type == "channel" else "message"
        self._queue(f"edited_{kind}" if edited else kind, message.as_json(chat, self.me))
        return message.message_id

    def photo(self, chat_id: int) -> int:
        size = {"file_id": "photo-1", "file_unique_id": "photo1", "width": 640, "height": 480}
        return self._attach(chat_id, {"photo": [size]})

    def sticker(self, chat_id: int) -> int:
        sizes = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._attach(chat_id, {"sticker": {"file_id": "sticker-1", "file_unique_id": "sticker1"} | sizes})

    def _attach(self, chat_id: int, content: Json) -> int:
        chat = self.chat(chat_id)
        message = self.add(chat, author=chat.author(None))
        self._queue("message", message.as_json(chat, self.me) | content)
        return message.message_id

    def press(self, chat_id: int, message_id: int, data: str, *, user_id: int | None = None) -> str:
        """Press a button, with any data, as a hostile client could. Return the query's id; see `presses`."""
        chat = self.chat(chat_id)
        message = chat.messages.get(message_id)
        gone = {"chat": chat.as_json(), "message_id": message_id, "date": 0}
        shown = message.as_json(chat, self.me) if message and not message.deleted else gone
        press = Press(str(5_000_000 + len(self.presses)), chat_id)
        self.presses[press.id] = press
        query = {"id": press.id, "from": chat.user(chat.author(user_id)), "message": shown}
        self._queue("callback_query", query | {"chat_instance": str(chat_id), "data": data})
        return press.id

    def raw(self, update: Json) -> None:
        """Queue any update; without an update_id it gets the next one."""
        self._update_id = max(self._update_id + 1, int(update.get("update_id", 0)))
        self.updates.append({"update_id": self._update_id} | update)
        self.touch()

    def add(self, chat: Chat, **content: Any) -> Sent:
        """Add a message to the chat, with the next id and, unless `at` is given, the clock's time."""
        self._message_id += 1
        content["at"] = content.get("at") or self.clock()
        message = chat.messages[self._message_id] = Sent(self._message_id, chat.id, **content)
        self.touch()
        return message

    def _queue(self, kind: str, content: Json) -> None:
        if kind in self.allowed_updates or (not self.allowed_updates and kind not in _NOT_BY_DEFAULT):
            self.raw({kind: content})

    # Reading

    def sent(self, chat_id: int) -> list[Sent]:
        """Return the messages the bot has sent to this chat, in order, deleted ones included."""
        chat = self.chats.get(chat_id)
        return [message for message in chat.messages.values() if message.method] if chat else []

    def menu(self, chat: Chat) -> list[Json]:
        """Return the commands that this chat shows: those of the narrowest scope that has any, its language first."""
        kind = "all_private_chats" if chat.type == "private" else "all_group_chats"
        scopes = (("chat", str(chat.id)), (kind, ""), ("default", ""))
        keys = [(scope, where, "", language) for scope, where in scopes for language in (chat.language, "")]
        return next((menu for key in keys if (menu := self.commands.get(key))), [])

    async def wait(self, chat_id: int, count: int, timeout: float = 10) -> list[Sent]:
        """Wait until the bot has sent `count` messages to this chat in all; return them. `timeout` is in seconds.

        Raises TimeoutError, which names the messages there are.
        """
        try:
            await self.wait_for(lambda state: len(state.sent(chat_id)) >= count, timeout)
            return self.sent(chat_id)
        except TimeoutError:
            sent = self.sent(chat_id)
            texts = "".join(f"\n  {message.message_id}: {message.text[:100]!r}" for message in sent)
            last = "".join(f"\n  {call.method} -> {call.status}" for call in self.calls[-5:])
            raise TimeoutError(
                f"chat {chat_id} has {len(sent)} of {count} messages after {timeout} s:{texts or ' none'}\n"
                f"{len(self.updates)} updates unconfirmed, last calls:{last or ' none'}"
            ) from None

    async def wait_for(self, predicate: Callable[[State], T], timeout: float | None = 10) -> T:
        """Return the first true answer of the predicate, asked again after every change. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not (answer := predicate(self)):
                await self._changed.wait()
        return answer

    def touch(self) -> None:
        """Note a change, and wake all who wait for one."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    # Trouble

    def fail(
        self,
        kind: str,
        *,
        method: str | None = "sendMessage",
        chat_id: int | None = None,
        times: int = 1,
        retry_after: int | None = None,
        delay: float | None = None,
    ) -> None:
        """Order a fault for the next `times` calls of a method (None: of any), in one chat (None: in any).

        `kind`: 401, 403, 429 (with `retry_after` seconds), 500, 502, 503; "slow" (done at once, answered after `delay`
        seconds), "lost" (done, connection closed without an answer), "reset" (connection closed, nothing done).
        """
        if kind not in FAULTS and kind not in SILENT:
            raise ValueError(f"no such fault: {kind!r}; there are {', '.join((*FAULTS, *SILENT))}")
        self._faults.append(Fault(kind, method, chat_id, times, retry_after or 1, 1.0 if delay is None else delay))

    def answer(
        self, status: int, body: Json | bytes, *, method: str | None, chat_id: int | None = None, times: int = 1
    ) -> None:
        """Order an answer, however odd, to the next `times` calls of a method, as `fail` does. They do nothing."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._faults.append(Fault("answer", method, chat_id, times, body=(status, raw)))

    def misdate(self, *headers: str) -> None:
        """Give the next answers these `Date` headers, one each."""
        self._odd_dates += headers

    def date_header(self) -> str | None:
        """Return the `Date` header of the next answer, None for none."""
        if self._odd_dates:
            return self._odd_dates.pop(0)
        return format_datetime(self.clock().astimezone(UTC), usegmt=True) if self.is_dated else None

    def deafen(self) -> None:
        """Let polls over the connections that are open now bring nothing, as if they led elsewhere."""
        self.deaf_since = time.monotonic()

    def heal(self) -> None:
        """Take back all faults and odd dates that were ordered and have not struck yet."""
        self._faults.clear()
        self._odd_dates.clear()

    def strike(self, method: str, chat_id: object) -> Fault | None:
        """Return the fault ordered for this call, and count it down; None when there is none."""
        fault = next((fault for fault in self._faults if fault.strikes(method, chat_id)), None)
        if fault:
            fault.times -= 1
        return fault

    @property
    def down(self) -> bool:
        """While true, the server answers nothing and closes every connection."""
        return self._down

    @down.setter
    def down(self, value: bool) -> None:
        self._down = value
        self.touch()

    def enforce(self, per_second: int = 30, per_chat: float = 1.0) -> None:
        """Answer 429 when more messages than this come in any sliding second, over all chats or in one."""
        self._rate_limits = RateLimits(per_second, per_chat)

    def admit(self, chat_id: int) -> None:
        """Count one message of the bot. Raises ApiError 429 when it is one too many."""
        try:
            if self._rate_limits:
                self._rate_limits.admit(chat_id, time.monotonic())
        except ApiError:
            self.refused_by_rate_limits += 1
            raise
