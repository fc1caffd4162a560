"""The nouns of the simulator, chats and messages above all, and the JSON in which the Bot API shows them.

**Promise**: plain records that know nothing of the server; `as_json` leaves out what Telegram leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.simulator.entities import Entity

Json = dict[str, Any]

BOT_ID = 123456
ANYBODY = 777
"""The user who acts in a group without admins when a test names nobody."""

_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_post_messages",
)  # fmt: skip


_ABILITIES = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
    "can_edit_tag", "can_react_to_messages",
)  # fmt: skip


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def member_json(status: str, user: Json) -> Json:
    """Return the Bot API's ChatMember, with the fields that each status must have."""
    shown: Json = {"status": status, "user": user}
    if status == "administrator":
        shown |= dict.fromkeys(_RIGHTS, True) | {"can_be_edited": False, "is_anonymous": False}
    elif status == "creator":
        shown["is_anonymous"] = False
    elif status == "kicked":
        shown["until_date"] = 0
    elif status == "restricted":
        shown |= {"is_member": True, "until_date": 0} | dict.fromkeys(_ABILITIES, False)
    return shown


@dataclass(slots=True)
class Sent:
    """One message in a chat. `method` is the Bot API method that made it, empty when a person wrote it."""

    message_id: int
    chat_id: int
    at: datetime
    text: str = ""
    html: str = ""
    parse_mode: str = ""
    entities: tuple[Entity, ...] = ()
    markup: Json | None = None
    method: str = ""
    author: int = BOT_ID
    thread: int | None = None
    reply_to: int | None = None
    silent: bool = False
    edited: int = 0
    edited_at: datetime | None = None
    deleted: bool = False
    file_name: str | None = None
    file: bytes = b""

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """The rows of buttons, each button as its label and its callback data or address."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[(b["text"], b.get("callback_data") or b.get("url") or "") for b in row] for row in rows]

    def as_json(self, chat: Chat, me: Json) -> Json:
        """Return the Bot API's Message."""
        shown: Json = {"message_id": self.message_id, "date": seconds(self.at), "chat": chat.as_json()}
        if chat.type == "channel":
            shown["sender_chat"] = chat.as_json()
        else:
            shown["from"] = me if self.method else chat.user(self.author)
        words = "caption" if self.file_name is not None else "text"
        if self.text:
            shown[words] = self.text
        if self.entities:
            shown["entities" if words == "text" else "caption_entities"] = [
                entity.as_json() for entity in self.entities
            ]
        if self.file_name is not None:
            name = f"file-{self.message_id}"
            shown["document"] = {"file_id": name, "file_unique_id": name, "file_name": self.file_name}
            shown["document"]["file_size"] = len(self.file)
        if self.markup and "inline_keyboard" in self.markup:
            shown["reply_markup"] = self.markup
        if self.thread is not None:
            shown |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.reply_to in chat.messages:
            shown["reply_to_message"] = replace(chat.messages[self.reply_to], reply_to=None).as_json(chat, me)
        if self.edited_at:
            shown["edit_date"] = seconds(self.edited_at)
        return shown


@dataclass(slots=True)
class Chat:
    """A person, group, supergroup or channel. `trouble` is one of trouble.REFUSALS while the bot cannot write there."""

    id: int
    type: str
    name: str
    language: str = "en"
    admins: list[int] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    bot_status: str = "member"
    trouble: str | None = None
    moved_to: int | None = None
    typing_until: float = 0.0
    messages: dict[int, Sent] = field(default_factory=dict)

    def as_json(self) -> Json:
        shown: Json = {"id": self.id, "type": self.type, "first_name" if self.type == "private" else "title": self.name}
        return shown | ({"is_forum": True} if self.threads else {})

    def author(self, user_id: int | None) -> int:
        """Return the user who acts: the one named, else the person, a group's first admin, or ANYBODY."""
        return user_id or (self.id if self.type == "private" else (self.admins or [ANYBODY])[0])

    def user(self, user_id: int) -> Json:
        name = self.name if user_id == self.id else f"Reader {user_id}"
        return {"id": user_id, "is_bot": False, "first_name": name, "language_code": self.language}


@dataclass(slots=True)
class Call:
    """One request. `at`, and `opened` of its connection, are in seconds that only grow.

    `status` is the HTTP status answered, 0 while there is none.
    """

    method: str
    params: Json
    at: float
    opened: float = 0.0
    status: int = 0


@dataclass(slots=True)
class Press:
    """A pressed button. `text` is the bot's answer (None: not yet), `alert` is true if it must be closed by hand."""

    id: str
    chat_id: int
    text: str | None = None
    alert: bool = False


@dataclass(slots=True)
class Webhook:
    """The address that updates are posted to. `error` says why the last post was not taken, `error_at` when."""

    url: str
    secret: str = ""
    most: int = 40
    error: str = ""
    error_at: int = 0
    posted: list[tuple[int, int]] = field(default_factory=list)
    """Update id and HTTP status of each post; 0 when no answer came."""
