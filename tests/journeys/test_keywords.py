"""A reader types keywords and commands: one message answers each, and nothing is changed by mistake."""

from __future__ import annotations

import pytest
from journey import READER, Journey, report

TOPIC = "RELOS · Reciprocal Exchange of Logistics Support"


@pytest.mark.parametrize(
    ("text", "answer_part"),
    [
        pytest.param("/relos", TOPIC, id="a topic's command"),
        pytest.param("/RELOS@briefings_bot", TOPIC, id="in capitals, addressed"),
        pytest.param("relos", TOPIC, id="the word alone"),
        pytest.param("/s-400", "S-400\nA Russian long-range air defence", id="a hyphen in the command"),
        pytest.param("/s.400", "S-400\nA Russian long-range air defence", id="a dot in the command"),
        pytest.param("/s,400", "S-400\nA Russian long-range air defence", id="a comma in the command"),
        pytest.param("/s 400", "S-400\nA Russian long-range air defence", id="a topic's name in two words"),
        pytest.param("/black sea", "Black Sea\nThe sea between", id="two words that no command begins with"),
        pytest.param("/RELOS@briefings_bot now", TOPIC, id="a word after a topic"),
        pytest.param("/zebra crossing", "No topic “zebra”.", id="two words that name no topic"),
        pytest.param("/relso", "No topic “relso”. Did you mean /relos?", id="a slip of the finger"),
        pytest.param("Erdogan", "No topic “Erdogan”.", id="no topic, but in the archive"),
        pytest.param("qqqq zzzz", "/topics lists what there is", id="nothing at all"),
        pytest.param('/search "air defence"', "From the archive: ", id="a search"),
        pytest.param("/search", "Search for what? For example: /search", id="a search for nothing"),
        pytest.param("/search since:soon", "“soon” is not a date.", id="a search with a bad date"),
        pytest.param("/search NOT AND OR NEAR(", "The archive holds nothing on", id="the index's own operators"),
        pytest.param("/help", "/start · Subscribe", id="help"),
        pytest.param("/topics", "/relos · RELOS", id="topics for a stranger"),
        pytest.param("/today", "The general edition. /start brings you one", id="today for a stranger"),
        pytest.param("/at 07:30", "You are not subscribed yet.", id="an hour for a stranger"),
        pytest.param("/stop", "You are not subscribed", id="stop for a stranger"),
        pytest.param("/more", "left nothing out", id="more for a stranger"),
    ],
)
async def test_a_stranger_is_answered(stocked: Journey, text: str, answer_part: str) -> None:
    (answer,) = await stocked.ask(text)
    assert answer_part in answer.text


@pytest.mark.parametrize(
    ("text", "answer_part"),
    [
        pytest.param("/at 25:99", "“25:99” is not an hour. Use 00:00 to 23:59, for example /at 07:30.", id="no hour"),
        pytest.param("/zone Mars", "I know no zone “Mars”. Try a city, for example /zone Kolkata", id="no zone"),
        pytest.param("/zone ../../etc/passwd", "I know no zone", id="a path for a zone"),
        pytest.param("/at <b>x</b>", "Try for example /at 07:30", id="markup for an hour"),
    ],
)
async def test_wrong_input_is_corrected_and_changes_nothing(journey: Journey, text: str, answer_part: str) -> None:
    await journey.ask("/start", answers=2)
    before = await journey.newsroom.readers.find(str(READER))
    (answer,) = await journey.ask(text)
    assert answer_part in answer.text
    assert answer.text.endswith("Nothing was changed.")
    after = await journey.newsroom.readers.find(str(READER))
    assert before is not None
    assert after is not None
    assert after.subscriber == before.subscriber


async def test_an_hour_later_today_brings_an_edition_today_and_the_answer_says_so(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    await journey.ask("/zone Kolkata")
    (answer,) = await journey.ask("/at 12:00 mon-fri")
    assert answer.text == "Done: 12:00, Monday to Friday, Asia/Kolkata (UTC+05:30). Next: Thu 4 Dec 12:00."


async def test_topics_are_chosen_by_buttons(stocked: Journey) -> None:
    await stocked.ask("/start", answers=2)
    (listing,) = await stocked.ask("/topics")
    assert listing.text.startswith("You follow all")
    label, data = listing.buttons[0][0]
    assert label.startswith("✅")
    stocked.simulator.state.press(READER, listing.message_id, data)
    changed = await stocked.simulator.state.wait_for(
        lambda state: next((m for m in state.sent(READER) if m.message_id == listing.message_id and m.edited), None)
    )
    assert changed.buttons[0][0][0].startswith("▫️")
    reader = await stocked.newsroom.readers.find(str(READER))
    assert reader is not None
    assert reader.subscriber.wishes.topics is not None


async def test_a_dossier_offers_to_follow_a_topic_left_out(stocked: Journey) -> None:
    await stocked.ask("/start", answers=2)
    await stocked.newsroom.readers.set_topic(str(READER), "relos", is_followed=False)
    (dossier,) = await stocked.ask("/relos")
    assert dossier.buttons == [[("➕ Follow RELOS", "on:relos")]]
    stocked.simulator.state.press(READER, dossier.message_id, "on:relos")
    await stocked.simulator.state.wait_for(
        lambda state: next((m for m in state.sent(READER) if m.message_id == dossier.message_id and m.edited), None)
    )
    reader = await stocked.newsroom.readers.find(str(READER))
    assert reader is not None
    assert reader.subscriber.wishes.topics is None, "all topics again"


async def test_the_menu_holds_our_commands_and_the_topics(journey: Journey) -> None:
    state = journey.simulator.state
    menu = await state.wait_for(lambda state: state.menu(state.chat(READER)))
    names = [command["command"] for command in menu]
    assert names[0] == "start"
    assert "relos" in names
    assert len(names) <= 100


async def test_markup_in_a_title_is_shown_as_it_is_written(journey: Journey) -> None:
    title = 'Navy <b>opens</b> & closes <a href="x">RELOS</a> {{7*7}}'
    await journey.newsroom.editing.add([report(1, title=title)])
    _, edition = await journey.ask("/start", answers=2)
    assert title in edition.text


@pytest.mark.parametrize("group", [pytest.param(-100500, id="supergroup")])
async def test_in_a_group_only_commands_are_answered(stocked: Journey, group: int) -> None:
    stocked.simulator.state.group(group, "Desk", [READER])
    stocked.simulator.state.say(group, "relos is what we talk about", user_id=READER)
    stocked.simulator.state.say(group, "/relos@another_bot", user_id=READER)
    stocked.simulator.state.say(group, "/relos@briefings_bot", user_id=READER)
    (answer,) = await stocked.receive(1, chat=group)
    assert answer.text.startswith(TOPIC)
    await stocked.ask("/help")
    assert len(stocked.simulator.state.sent(group)) == 1


async def test_in_a_group_only_admins_change_settings_and_anyone_may_ask(stocked: Journey) -> None:
    state, group, member = stocked.simulator.state, -100500, 77
    state.group(group, "Desk", [READER])
    state.say(group, "/start@briefings_bot", user_id=member)
    (refused,) = await stocked.receive(1, chat=group)
    assert "administrators" in refused.text
    assert await stocked.newsroom.readers.find(str(group)) is None
    state.say(group, "/start@briefings_bot", user_id=READER)
    await stocked.receive(3, chat=group)
    state.say(group, "/topics@briefings_bot", user_id=member)
    *_, topics = await stocked.receive(4, chat=group)
    toggle = topics.buttons[0][0][1]
    press = state.press(group, topics.message_id, toggle, user_id=member)
    await state.wait_for(lambda state: state.presses[press].text is not None)
    assert "administrators" in (state.presses[press].text or "")
    reader = await stocked.newsroom.readers.find(str(group))
    assert reader is not None
    assert reader.subscriber.wishes.topics is None
    state.press(group, topics.message_id, toggle, user_id=READER)
    await state.wait_for(lambda state: state.sent(group)[-1].edited)
    reader = await stocked.newsroom.readers.find(str(group))
    assert reader is not None
    assert reader.subscriber.wishes.topics is not None
