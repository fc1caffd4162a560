"""Notices where the bot was added, removed or silenced, and groups that got another id: before anybody speaks there.

Promises a change of the newsroom's readers only on Telegram's own word about the chat, and to say hello to a group
that adds the bot. Telling the same twice does no harm.
"""

from __future__ import annotations

from telegram import ChatMember, ChatMemberUpdated, Message
from telegram.constants import ChatMemberStatus, ChatType

from bot.conversation import replies
from briefings.newsroom.membership import Membership

_OUT = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


async def follow_group(membership: Membership, message: Message) -> bool:
    """Follow a group that became a supergroup. Return True if the message says that one did."""
    if message.migrate_to_chat_id:
        await membership.move(str(message.chat_id), str(message.migrate_to_chat_id))
    elif message.migrate_from_chat_id:
        await membership.move(str(message.migrate_from_chat_id), str(message.chat_id))
    else:
        return False
    return True


async def note_membership(membership: Membership, change: ChatMemberUpdated) -> str | None:
    """Note the bot's new place in a chat. Return what to say there, None for nothing."""
    address, was_out = str(change.chat.id), change.old_chat_member.status in _OUT
    if change.new_chat_member.status in _OUT:
        await membership.remove(address)
    elif not _may_speak(change.new_chat_member, change.chat.type):
        await membership.silence(address)
    elif change.chat.type != ChatType.PRIVATE:  # who unblocks the bot in private says /start
        is_subscribed = await membership.restore(address)
        if was_out and not is_subscribed and change.chat.type != ChatType.CHANNEL:
            return replies.ADDED
    return None


def _may_speak(bot: ChatMember, kind: str) -> bool:
    if bot.status == ChatMemberStatus.RESTRICTED:
        return bool(getattr(bot, "can_send_messages", True))
    if kind == ChatType.CHANNEL and bot.status == ChatMemberStatus.ADMINISTRATOR:
        return bool(getattr(bot, "can_post_messages", True))
    return True
