"""The Bot API's methods: the parameters of each, and its effect on the state.

**Promise**: a call is carried out whole, or refused by an `ApiError` with nothing changed.
Rules and limits: https://core.telegram.org/bots/api; descriptions as its server words them.
"""

from __future__ import annotations

import re
import time

from bot.simulator.arguments import Upload, method
from bot.simulator.chats import BOT_ID, Chat, Json, Sent, member_json
from bot.simulator.entities import Entity, Formatted, in_order, units
from bot.simulator.keyboard import checked_markup
from bot.simulator.markup import MarkupError, read
from bot.simulator.state import State
from bot.simulator.trouble import bad_request, refusal
from bot.simulator.webhooks import refuse_while_set

MAX_TEXT, MAX_CAPTION = 4096, 1024
MAX_COMMANDS = 100
_TYPING = 5.0  # seconds a chat action is shown
_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
_SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
    "chat_member",
}  # fmt: skip


_TARGET = "chat_id:chat message_thread_id:int"
_SENDING = (
    f"{_TARGET} disable_notification:flag protect_content:flag allow_paid_broadcast:flag "
    "reply_parameters:object reply_markup:object parse_mode:text"
)
_EDITING = "chat_id:chat message_id:int reply_markup:object"
_MENU = "scope:object language_code:text"

# In the functions below, `a` holds the arguments of the call.


def writable(state: State, a: Json) -> Chat:
    """Return the chat if the bot may write there. Raises the ApiError that Telegram would answer with."""
    chat = _chat(state, a)
    if chat.trouble:
        raise refusal(chat.trouble, chat.type)
    thread = a.get("message_thread_id")
    if thread is not None and thread not in chat.threads:
        raise bad_request("message thread not found")
    return chat


def _chat(state: State, a: Json) -> Chat:
    if "chat_id" not in a:
        raise bad_request("chat_id is empty")
    chat = state.chats.get(a["chat_id"])
    if chat is None:
        raise bad_request("chat not found")
    if chat.moved_to is not None:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
    return chat


def _message(state: State, a: Json, verb: str) -> tuple[Chat, Sent]:
    chat = writable(state, a)
    message = chat.messages.get(a.get("message_id", 0))
    if message is None or message.deleted:
        raise bad_request(f"message to {verb} not found")
    return chat, message


def _formatted(state: State, a: Json, field: str, most: int) -> Formatted:
    """Return the text of a field, `text` or `caption`, as the reader's phone gets it; at most so many units long."""
    mode, text = a.get("parse_mode", ""), a.get(field, "")
    if mode and mode.lower() != "html":
        raise bad_request("unsupported parse_mode (the simulator reads HTML only)")
    try:
        formatted = read(
            text, None if mode else _entities(a.get("caption_entities" if field == "caption" else "entities"))
        )
    except MarkupError as why:
        raise bad_request(f"can't parse entities: {why}") from None
    if units(formatted.text) > most:
        raise bad_request("message is too long" if field == "text" else "message caption is too long")
    state.dropped_entities += formatted.dropped
    return formatted


def _entities(entities: list[Json] | None) -> tuple[Entity, ...]:
    try:
        return in_order(Entity(e["type"], int(e["offset"]), int(e["length"]), _detail(e)) for e in entities or [])
    except (KeyError, TypeError, ValueError):
        raise bad_request("can't parse MessageEntity") from None


def _detail(entity: Json) -> str:
    if entity["type"] == "date_time":
        return f"{int(entity['unix_time'])} {entity.get('date_time_format') or ''}".rstrip()
    return str(next((entity[name] for name in ("url", "language", "custom_emoji_id") if entity.get(name)), ""))


def _content(state: State, a: Json) -> Json:
    formatted = _formatted(state, a, "text", MAX_TEXT)
    if not formatted.text:
        raise bad_request("message text is empty")
    return {"text": formatted.text, "entities": formatted.entities, "html": a["text"]} | _form(a)


def _form(a: Json) -> Json:
    return {"parse_mode": a.get("parse_mode", ""), "markup": checked_markup(a.get("reply_markup"))}


def _send(state: State, chat: Chat, a: Json, content: Json) -> Json:
    reply = a.get("reply_parameters", {})
    target = reply.get("message_id")
    if target is not None and target not in chat.messages:
        if not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        target = None
    state.admit(chat.id)
    chat.typing_until = 0.0
    where = {"thread": a.get("message_thread_id"), "reply_to": target, "silent": a.get("disable_notification", False)}
    return state.add(chat, **content, **where).as_json(chat, state.me)


@method("sendMessage", f"{_SENDING} text:text entities:list link_preview_options:object")
def send_message(state: State, a: Json) -> Json:
    chat = writable(state, a)
    return _send(state, chat, a, _content(state, a) | {"method": "sendMessage"})


@method("sendDocument", f"{_SENDING} document:file caption:text caption_entities:list thumbnail:file "
        "disable_content_type_detection:flag")  # fmt: skip
def send_document(state: State, a: Json) -> Json:
    chat, file = writable(state, a), a.get("document")
    if file is None:
        raise bad_request("there is no document in the request")
    if not isinstance(file, Upload):
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if not file.content:
        raise bad_request("file must be non-empty")
    caption = _formatted(state, a, "caption", MAX_CAPTION)
    content = {"text": caption.text, "entities": caption.entities, "html": a.get("caption", "")} | _form(a)
    return _send(state, chat, a, content | {"method": "sendDocument", "file_name": file.name, "file": file.content})


@method("editMessageText", f"{_EDITING} text:text parse_mode:text entities:list link_preview_options:object")
def edit_message_text(state: State, a: Json) -> Json:
    chat, message = _message(state, a, "edit")
    return _edit(state, chat, message, _content(state, a))


@method("editMessageReplyMarkup", _EDITING)
def edit_message_reply_markup(state: State, a: Json) -> Json:
    chat, message = _message(state, a, "edit")
    return _edit(state, chat, message, {"markup": checked_markup(a.get("reply_markup"))})


def _edit(state: State, chat: Chat, message: Sent, content: Json) -> Json:
    if not message.method:
        raise bad_request("message can't be edited")
    if all(
        getattr(message, name) == content.get(name, getattr(message, name)) for name in ("text", "entities", "markup")
    ):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    for name, value in content.items():
        setattr(message, name, value)
    message.edited, message.edited_at = message.edited + 1, state.clock()
    state.touch()
    return message.as_json(chat, state.me)


@method("deleteMessage", "chat_id:chat message_id:int")
def delete_message(state: State, a: Json) -> bool:
    _, message = _message(state, a, "delete")
    message.deleted = True
    state.touch()
    return True


@method("answerCallbackQuery", "callback_query_id:text text:text show_alert:flag url:text cache_time:int")
def answer_callback_query(state: State, a: Json) -> bool:
    press = state.presses.get(a.get("callback_query_id", ""))
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(a.get("text", "")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    press.text, press.alert = a.get("text", ""), a.get("show_alert", False)
    state.touch()
    return True


@method("sendChatAction", f"{_TARGET} action:text")
def send_chat_action(state: State, a: Json) -> bool:
    chat = writable(state, a)
    if a.get("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.typing_until = time.monotonic() + _TYPING
    state.touch()
    return True


def _menu_key(a: Json) -> tuple[str, str, str, str]:
    scope = a.get("scope", {"type": "default"})
    if scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return scope["type"], str(scope.get("chat_id", "")), str(scope.get("user_id", "")), a.get("language_code", "")


@method("setMyCommands", f"commands:list {_MENU}")
def set_my_commands(state: State, a: Json) -> bool:
    key, commands = _menu_key(a), a.get("commands", [])
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if key[3] and not re.fullmatch(r"[a-z]{2}", key[3]):
        raise bad_request("invalid language code specified")
    state.commands[key] = commands
    state.touch()
    return True


@method("getMyCommands", _MENU)
def get_my_commands(state: State, a: Json) -> list[Json]:
    return state.commands.get(_menu_key(a), [])


@method("deleteMyCommands", _MENU)
def delete_my_commands(state: State, a: Json) -> bool:
    state.commands.pop(_menu_key(a), None)
    state.touch()
    return True


@method("getMe")
def get_me(state: State, a: Json) -> Json:
    abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return state.me | dict.fromkeys(abilities, False) | {"can_join_groups": True}


@method("getChat", "chat_id:chat")
def get_chat(state: State, a: Json) -> Json:
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    return _chat(state, a).as_json() | full


@method("getChatMember", "chat_id:chat user_id:int")
def get_chat_member(state: State, a: Json) -> Json:
    chat, user_id = _chat(state, a), a.get("user_id", 0)
    if user_id <= 0:
        raise bad_request("user not found")
    return _member(state, chat, user_id)


@method("getChatAdministrators", "chat_id:chat return_bots:flag")
def get_chat_administrators(state: State, a: Json) -> list[Json]:
    chat = _chat(state, a)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    return [_member(state, chat, user_id) for user_id in chat.admins]


def _member(state: State, chat: Chat, user_id: int) -> Json:
    if user_id == BOT_ID:
        return member_json(chat.bot_status, state.me)
    if user_id not in chat.admins:
        return member_json("member", chat.user(user_id))
    return member_json("creator" if user_id == chat.admins[0] else "administrator", chat.user(user_id))


@method("getUpdates", "offset:int limit:int timeout:int allowed_updates:list")
def get_updates(state: State, a: Json) -> list[Json]:
    """Return the updates there are, without waiting: the server waits. The offset confirms all before it, for good."""
    refuse_while_set(state)
    offset, limit = a.get("offset", 0), a.get("limit", 100)
    if not 1 <= limit <= 100:
        raise bad_request("limit must be between 1 and 100")
    if "allowed_updates" in a:
        state.allowed_updates = a["allowed_updates"]
    if offset < 0:
        state.updates = state.updates[offset:]
    elif offset:
        state.updates = [update for update in state.updates if update["update_id"] >= offset]
    return state.updates[:limit]
