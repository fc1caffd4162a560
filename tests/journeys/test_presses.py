"""A reader presses buttons: each press counts, is acknowledged at once and shows its effect, whatever is refused.

Where the way on which updates arrive could matter, by polling and by a webhook.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from journey import READER, Journey
from program import free_port
from pydantic import SecretStr

from bot.conversation.presses import SETTLING
from bot.simulator import Sent, State
from bot.telegram.chat_limits import CHAT_SECONDS

GROUP, MEMBER, OTHER = -100500, 3003, 2001
COULD_NOT_CHECK = "I could not check whether you are an administrator; please try again."
SECONDS = 30


both_ways = pytest.mark.parametrize("arrival", ["polling", "webhook"])


@pytest.fixture
def arrival() -> str:
    """The way on which updates arrive."""
    return "polling"


@pytest.fixture
def telegram_values(arrival: str) -> dict[str, Any]:
    if arrival == "polling":
        return {}
    port = free_port()
    return {
        "webhook_url": f"http://127.0.0.1:{port}/hook",
        "webhook_secret": SecretStr("se-cret_1"),
        "listen": f"127.0.0.1:{port}",
    }


@pytest.fixture
async def subscribed(stocked: Journey) -> Journey:
    """A reader who follows all topics."""
    await stocked.ask("/start", answers=2)
    return stocked


async def listing_of(journey: Journey, chat: int = READER) -> Sent:
    """Ask for the topics, and return the message with their buttons."""
    (listing,) = await journey.ask("/topics", chat=chat)
    return listing


def topic_buttons(listing: Sent) -> list[tuple[str, str]]:
    """Return the labels and data of the topics' buttons, without the arrows."""
    return [button for row in listing.buttons for button in row if not button[1].startswith("topics:")]


def edits(state: State, chat: int = READER) -> int:
    return sum(call.method == "editMessageText" and call.params["chat_id"] == chat for call in state.calls)


async def followed(journey: Journey, address: str = str(READER)) -> set[str] | None:
    """Return the commands of the topics that a reader follows, None for all of them."""
    reader = await journey.newsroom.readers.find(address)
    assert reader is not None
    topics = reader.subscriber.wishes.topics
    return None if topics is None else set(topics)


async def until_edited(journey: Journey, message: Sent, label: str) -> None:
    """Wait until the first button of a message begins with a label."""
    await journey.simulator.state.wait_for(lambda _: message.buttons[0][0][0].startswith(label), SECONDS)


# Many presses


@both_ways
async def test_eight_presses_at_once_are_acknowledged_at_once_and_shown_by_one_edit(subscribed: Journey) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    buttons = topic_buttons(listing)
    assert len(buttons) == 8
    await asyncio.sleep(CHAT_SECONDS)  # from now on an edit may go out at once
    began, calls_before = time.monotonic(), len(state.calls)
    presses = [state.presses[state.press(READER, listing.message_id, data)] for _, data in buttons]
    await state.wait_for(lambda _: all(press.text is not None for press in presses), SECONDS)
    acknowledged = time.monotonic() - began
    await state.wait_for(lambda _: all(label.startswith("▫️") for label, _ in topic_buttons(listing)), SECONDS)
    shown = time.monotonic() - began
    await subscribed.ask("/help")
    assert edits(state) == 1 or acknowledged > SETTLING.after_press, "presses that are handled together are one edit"
    methods = [call.method for call in state.calls[calls_before:]]
    assert methods.index("answerCallbackQuery") < methods.index("editMessageText")
    left_out = {data.split(":")[1] for _, data in buttons}
    assert (await followed(subscribed) or set()) & left_out == set()
    print(f"8 presses: acknowledged in {acknowledged:.2f} s, shown in {shown:.2f} s by {edits(state)} edit")  # noqa: T201 - the result


@both_ways
async def test_presses_are_carried_out_in_their_order(subscribed: Journey) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    _, data = topic_buttons(listing)[0]
    command = data.split(":")[1]
    for verb in ("off", "on", "off", "on", "on", "off", "off"):
        state.press(READER, listing.message_id, f"{verb}:{command}:0")
    await until_edited(subscribed, listing, "▫️")
    await subscribed.ask("/help")
    assert command not in (await followed(subscribed) or {command})


async def test_a_slow_acknowledgement_delays_neither_the_change_nor_the_edit(subscribed: Journey) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    state.fail("slow", method="answerCallbackQuery", delay=5)
    state.press(READER, listing.message_id, topic_buttons(listing)[0][1])
    await until_edited(subscribed, listing, "▫️")
    assert [call.status for call in state.calls if call.method == "answerCallbackQuery"] == [0], "still under way"


@pytest.mark.parametrize("kind", ["502", "reset", "429"])
async def test_an_acknowledgement_that_fails_is_tried_again(subscribed: Journey, kind: str) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    state.fail(kind, method="answerCallbackQuery", retry_after=1)
    press = state.presses[state.press(READER, listing.message_id, topic_buttons(listing)[0][1])]
    await state.wait_for(lambda _: press.text is not None, SECONDS)
    await until_edited(subscribed, listing, "▫️")


@both_ways
async def test_presses_in_one_chat_do_not_delay_an_answer_in_another(subscribed: Journey) -> None:
    state = subscribed.simulator.state
    state.person(OTHER)
    listing = await listing_of(subscribed)
    state.fail("slow", method="answerCallbackQuery", times=1_000, delay=0.5)
    presses = [state.press(READER, listing.message_id, f"topics:{number % 5}") for number in range(100)]
    (answer,) = await subscribed.ask("/help", chat=OTHER)
    assert "/today" in answer.text
    unacknowledged = [press for press in presses if state.presses[press].text is None]
    assert unacknowledged, "the presses were still under way"
    state.heal()


@pytest.mark.long
async def test_a_chat_gets_twenty_edits_a_minute_and_the_newest_state_when_there_is_room(subscribed: Journey) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    command = topic_buttons(listing)[0][1].split(":")[1]
    for number in range(20):
        before = edits(state)
        state.press(READER, listing.message_id, f"{'on' if number % 2 else 'off'}:{command}:0")
        await state.wait_for(lambda state, before=before: edits(state) > before, SECONDS)
    for number in range(9):
        state.press(READER, listing.message_id, f"{'on' if number % 2 else 'off'}:{command}:0")
    (answer,) = await subscribed.ask("/help")
    assert "/today" in answer.text, "messages have room"
    assert edits(state) == 20
    await state.wait_for(lambda _: listing.buttons[0][0][0].startswith("▫️"), 90)
    sent_at = [call.at for call in state.calls if call.method == "editMessageText"]
    assert len(sent_at) == 21
    assert sent_at[20] - sent_at[0] >= 60


# Presses that come twice, or from old keyboards


@both_ways
async def test_a_press_that_comes_twice_does_no_harm(subscribed: Journey) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    _, data = topic_buttons(listing)[0]
    for _ in range(2):
        state.press(READER, listing.message_id, data)
    await until_edited(subscribed, listing, "▫️")
    state.press(READER, listing.message_id, data)
    await subscribed.ask("/help")
    assert data.split(":")[1] not in (await followed(subscribed) or {data.split(":")[1]})
    assert listing.buttons[0][0][0].startswith("▫️")


OLD = {
    "follow": ("follow:relos", "➕ Follow RELOS", True),
    "following": ("follow:relos", "✅ Following RELOS", False),
    "left-out": ("toggle:0:relos", "▫️ RELOS", True),
    "followed": ("toggle:0:relos", "✅ RELOS", False),
}


@pytest.mark.parametrize(("data", "label", "is_followed"), OLD.values(), ids=OLD)
@pytest.mark.parametrize("before", [True, False], ids=["followed-before", "left-out-before"])
async def test_an_old_button_does_what_its_label_says(
    subscribed: Journey, data: str, label: str, is_followed: bool, before: bool
) -> None:
    state = subscribed.simulator.state
    (dossier,) = await subscribed.ask("/relos")
    await subscribed.newsroom.readers.set_topic(str(READER), "relos", is_followed=before)
    dossier.markup = {"inline_keyboard": [[{"text": label, "callback_data": data}]]}
    state.press(READER, dossier.message_id, data)
    await state.wait_for(lambda _: dossier.edited, SECONDS)
    topics = await followed(subscribed)
    assert (topics is None or "relos" in topics) is is_followed
    assert not dossier.buttons[0][0][1].startswith(("follow", "toggle")), "it was drawn anew"


@pytest.mark.parametrize("data", ["follow:relos", "toggle:0:relos"])
async def test_an_old_button_whose_label_is_not_known_changes_nothing(subscribed: Journey, data: str) -> None:
    state = subscribed.simulator.state
    (dossier,) = await subscribed.ask("/relos")
    state.press(READER, dossier.message_id, data)
    await state.wait_for(lambda _: dossier.edited, SECONDS)
    assert await followed(subscribed) is None


# Refusals


async def test_a_button_of_a_message_that_is_gone_is_carried_out_and_shown_in_a_new_message(
    subscribed: Journey,
) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    listing.deleted = True
    data = topic_buttons(listing)[0][1]
    count = len(state.sent(READER))
    press = state.presses[state.press(READER, listing.message_id, data)]
    *_, shown = await subscribed.receive(count + 1)
    assert press.text == ""
    assert edits(state) == 0, "there is nothing to edit"
    assert shown.buttons[0][0][0].startswith("▫️")
    assert data.split(":")[1] not in (await followed(subscribed) or {data.split(":")[1]})


async def test_a_button_of_a_message_that_is_gone_in_a_forum_is_out_of_date(journey: Journey) -> None:
    """Its thread is not known, and so not whose setting it would change."""
    state = journey.simulator.state
    state.group(GROUP, "Desk", [READER], threads=[7])
    state.say(GROUP, "/start@briefings_bot", user_id=READER, thread=7)
    await journey.receive(2, chat=GROUP)
    state.say(GROUP, "/topics@briefings_bot", user_id=READER, thread=7)
    *_, listing = await journey.receive(3, chat=GROUP)
    listing.deleted = True
    press = state.presses[state.press(GROUP, listing.message_id, topic_buttons(listing)[0][1], user_id=READER)]
    await state.wait_for(lambda _: press.text, SECONDS)
    assert press.text == "That button is out of date."
    assert await followed(journey, f"{GROUP}/7") is None


REFUSED_EDITS = (
    "Bad Request: message can't be edited",
    "Bad Request: message to edit not found",
    "Bad Request: MESSAGE_ID_INVALID",
)


@pytest.mark.parametrize("description", REFUSED_EDITS)
async def test_a_refused_edit_is_shown_in_a_new_message_once(subscribed: Journey, description: str) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    refused = {"ok": False, "error_code": 400, "description": description}
    state.answer(400, refused, method="editMessageText", times=1_000)
    count = len(state.sent(READER))
    for _, data in topic_buttons(listing)[:3]:
        state.press(READER, listing.message_id, data)
    *_, shown = await subscribed.receive(count + 1)
    assert [label[0] for label, _ in topic_buttons(shown)[:4]] == ["▫", "▫", "▫", "✅"]
    await subscribed.ask("/help")
    assert len(state.sent(READER)) == count + 2


async def test_a_press_that_changes_nothing_is_silent(subscribed: Journey, caplog: pytest.LogCaptureFixture) -> None:
    state = subscribed.simulator.state
    listing = await listing_of(subscribed)
    count = len(state.sent(READER))
    press = state.presses[state.press(READER, listing.message_id, "topics:0")]
    await state.wait_for(
        lambda state: any(call.method == "editMessageText" and call.status for call in state.calls), SECONDS
    )
    await subscribed.ask("/help")
    assert press.text == ""
    assert len(state.sent(READER)) == count + 1
    assert not [record for record in caplog.records if record.levelname == "WARNING" and "press" in record.getMessage()]


UNCHECKED: dict[str, tuple[int, Any]] = {
    "admin-required": (400, {"ok": False, "error_code": 400, "description": "Bad Request: CHAT_ADMIN_REQUIRED"}),
    "forbidden": (403, {"ok": False, "error_code": 403, "description": "Forbidden: bot is not a member"}),
    "server-error": (502, b"<html>Bad Gateway</html>"),
    "too-many": (429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 3600}}),
    "odd": (200, {"ok": True, "result": True}),
}


@pytest.fixture
async def group(journey: Journey) -> Journey:
    """A group that is subscribed; its admin is the reader."""
    state = journey.simulator.state
    state.group(GROUP, "Desk", [READER])
    state.say(GROUP, "/start@briefings_bot", user_id=READER)
    await journey.receive(2, chat=GROUP)
    return journey


@pytest.mark.parametrize(("status", "body"), UNCHECKED.values(), ids=UNCHECKED)
async def test_a_press_by_somebody_who_cannot_be_checked_is_told_so_and_changes_nothing(
    group: Journey, status: int, body: Any
) -> None:
    state = group.simulator.state
    state.say(GROUP, "/topics@briefings_bot", user_id=READER)
    *_, listing = await group.receive(3, chat=GROUP)
    state.answer(status, body, method="getChatMember")
    data = topic_buttons(listing)[0][1]
    press = state.presses[state.press(GROUP, listing.message_id, data, user_id=READER)]
    await state.wait_for(lambda _: press.text, SECONDS)
    assert press.text == COULD_NOT_CHECK
    assert await followed(group, str(GROUP)) is None
    state.press(GROUP, listing.message_id, data, user_id=READER)
    await until_edited(group, listing, "▫️")


@pytest.mark.parametrize("kind", ["reset", "lost", "slow"])
async def test_a_command_by_somebody_who_cannot_be_checked_is_told_so_and_changes_nothing(
    group: Journey, kind: str
) -> None:
    state = group.simulator.state
    state.fail(kind, method="getChatMember", delay=20)
    state.say(GROUP, "/at@briefings_bot 09:15", user_id=READER)
    *_, answer = await group.receive(3, chat=GROUP)
    assert answer.text == COULD_NOT_CHECK
    state.say(GROUP, "/at@briefings_bot 09:15", user_id=READER)
    *_, answer = await group.receive(4, chat=GROUP)
    assert answer.text.startswith("Done: 09:15")


async def test_a_member_s_press_is_refused_in_words_and_an_admin_s_counts(group: Journey) -> None:
    state = group.simulator.state
    state.say(GROUP, "/topics@briefings_bot", user_id=MEMBER)
    *_, listing = await group.receive(3, chat=GROUP)
    data = topic_buttons(listing)[0][1]
    press = state.presses[state.press(GROUP, listing.message_id, data, user_id=MEMBER)]
    await state.wait_for(lambda _: press.text, SECONDS)
    assert "administrators" in (press.text or "")
    assert await followed(group, str(GROUP)) is None
    silent = state.presses[state.press(GROUP, listing.message_id, data, user_id=READER)]
    await until_edited(group, listing, "▫️")
    assert silent.text == ""
