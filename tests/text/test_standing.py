"""A sentence is printed first under a headline only if it is clear by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.text.boilerplate import without_boilerplate
from briefings.text.standing import is_cut, stands_alone

ALONE = [
    "The parliament of Norvell has approved a harbour accord with Estmark.",
    "Norvell approves harbour accord with Estmark",
    "“We will fight this,” Senator Ilva Brandt said on Monday.",
    '"We will fight this," said Ilva Brandt, who leads the opposition in Norvell.',
    "“We will fight this,” the harbour master of Norvell told reporters.",
    "“In thirty years I have never seen such a storm,” said one fisherman from Estmark.",
    "“Fair Harbours” is the name of a new law in Norvell.",
    "Ilva Brandt said on Monday that she would not run again.",
    "Police in Norvell said they had arrested four men over the fire.",
    "The ministry said it had sent three boats to the island.",
    "A captain who says she saw it all has written a book about the storm.",
    "After all his years at sea, Rolf Adler has won the Estmark prize.",
    "It took rescuers nine hours to reach the ferry Aurora.",
    "There will be no ferry between Norvell and Estmark on Sunday.",
    "Both Norvell and Estmark have sent ships to the strait.",
    "Norvell and Estmark agreed on Friday that both countries will share the costs.",
    "Norvell has a new pact with Estmark, nine months after officials of the two countries met.",
    "Brandt and Adler met in Lindholm, where the two leaders signed an accord.",
    "The harbour accord between Norvell and Estmark moves to the senate.",
    "The RELOS pact moves to the upper house of parliament.",
    "The decision by the Norvell court ends a dispute of nine years.",
    "The Norvell Harbour Board said it would raise its fees by 4 percent.",
    "The company that runs the ferries of Norvell has gone bankrupt.",
    "The investigation into the fire on the ferry Aurora ended on Tuesday.",
    "The committee on fisheries of the Norvell senate met in secret.",
    "An earthquake of magnitude 5.8 shook the north of Estmark on Tuesday, killing 12 people.",
    "Another 6,000 people left the island of Sund last week.",
    "Nearly 40 miners were trapped when a shaft near Lindholm collapsed.",
    "Norvell’s navy will get six patrol boats this year.",
    "In this month’s vote, Norvell will choose a new senate.",
    "The central bank of Estmark kept its rate at 3.5 percent on Thursday.",
    "iPhone sales in Norvell doubled in May.",
    "the parliament of norvell has approved an accord with estmark .",
    "COVID-19 cases in Norvell fell for the ninth week in a row.",
    "Brandt: “No ship will be turned away”",
    "Norvell’s coach, Ana Lind, said, “We played as we trained.”",
    "Governor Ana Lind (R) has closed the ports of Norvell.",
    "The former mayor of Lindholm has joined the race for the senate.",
    "As he prepared to leave, President Rolf Adler signed the accord.",
    "In her first speech from Lindholm, the new minister promised lower fees.",
    "Standing by his word, Senator Rolf Adler voted against the accord.",
    "The law offering cheap berths to fishermen of Norvell ends in May.",
    "The three largest ports of Norvell will stay closed on Sunday.",
    "This week, Norvell will choose a new senate.",
    "Lind: I will not leave the senate",
    "P-40 - Norvell’s newest patrol boat - will come to Estmark in June.",
    "Sadly, Norvell has closed its port.",
    "Norvell fell to Estmark after that storm.",
    "Understanding this accord takes a lawyer from Norvell.",
    "A risk to fishermen closes the port of Norvell.",
    "Norvell doesn’t know.",
    "No ships left Norvell.",
    "A harbour for Norvell",
]
NOT_ALONE = [
    "Sadly, these targets have little chance of being met.",
    "Clearly, he is not amused.",
    "Understanding this, the senate of Norvell closed the port.",
    "A decision of the Norvell senate could come within weeks after that.",
    "A risk to their fellow citizens.",
    "Local news, entertainment and podcasts.",
    pytest.param("The parliament of Norvell has approved an accord that lets…", id="teaser-with-an-ellipsis"),
    pytest.param("The parliament of Norvell has approved an accord that lets ...", id="teaser-with-dots"),
    pytest.param("The parliament of Norvell has approved an accord that […]", id="teaser-with-a-bracket"),
    pytest.param("The parliament of Norvell approved an accord… Read more", id="teaser-with-an-invitation"),
    pytest.param("“The accord lets ships of both countries shelter...”", id="teaser-within-quotes"),
    pytest.param("The accord has a price/...", id="teaser-with-a-slash"),
    pytest.param("Ilva Brandt put it this way:", id="ends-in-a-colon"),
    pytest.param("The Norvell Courier reports:", id="somebody-reports"),
    pytest.param("Who will pay for the harbours of Norvell?", id="question"),
    pytest.param("which the parliament of Norvell has approved.", id="the-end-of-a-sentence"),
    pytest.param("“We will fight this,” he said.", id="he-said"),
    pytest.param("“We will fight this,” she told reporters on Monday.", id="she-told"),
    pytest.param("“We will fight this,” said he, and left the hall.", id="said-he"),
    pytest.param("‘We will fight this,’ they said.", id="they-said-in-single-marks"),
    pytest.param("“We will fight this to the end.”", id="nobody-speaks"),
    pytest.param("“We will fight this, Ilva Brandt said.", id="never-closed"),
    pytest.param("No ship will be turned away, and “that is my promise.", id="opened-and-not-closed"),
    pytest.param("No ship will be turned away, he said on Monday.", id="no-name-before-he-said"),
    pytest.param("In an hour or two, he said, “no ship will be left.”", id="he-said-between"),
    pytest.param("Asked about the harbours, he said that no ship would be turned away.", id="asked-about-it-he"),
    pytest.param("He left Norvell on Monday.", id="he"),
    pytest.param("On Friday she said that the accord was overdue.", id="on-friday-she"),
    pytest.param("His lawyers have asked the court in Norvell for more time.", id="his"),
    pytest.param("They will meet again in Lindholm on Sunday.", id="they"),
    pytest.param("It has six patrol boats and will get two more.", id="it-with-another-verb"),
    pytest.param("This is the ninth storm of the year in Norvell.", id="this"),
    pytest.param("That committee has eleven members from Norvell.", id="that-committee"),
    pytest.param("Members of that committee voted against the harbour law.", id="of-that-committee"),
    pytest.param("The two will meet again in Lindholm on Sunday.", id="the-two"),
    pytest.param("The two leaders will meet again in Lindholm.", id="the-two-leaders"),
    pytest.param("Both men deny that they were in Norvell.", id="both-men"),
    pytest.param("On Monday, lawyers for both men asked for more time.", id="for-both-men"),
    pytest.param("The pair were found near Lindholm.", id="the-pair"),
    pytest.param("The latter is a port in Estmark.", id="the-latter"),
    pytest.param("The move comes weeks before the vote in Norvell.", id="the-move"),
    pytest.param("Fishermen in Norvell have criticised the move.", id="the-move-within"),
    pytest.param("The decision was taken in secret.", id="the-decision"),
    pytest.param("The committee voted nine to two.", id="the-committee"),
    pytest.param("The company said that it would appeal.", id="the-company"),
    pytest.param("The suspect was arrested near Lindholm.", id="the-suspect"),
    pytest.param("But the senate of Norvell has yet to vote.", id="but"),
    pytest.param("Meanwhile, Estmark has closed its ports.", id="meanwhile"),
    pytest.param("For example, Estmark has closed two ports.", id="for-example"),
    pytest.param("We have seen nothing like it in Norvell.", id="we"),
    pytest.param("You can now cross the strait in an hour.", id="you"),
    pytest.param("MOSCOW (AP) — The Duma has approved the pact.", id="dateline-with-an-agency"),
    pytest.param("WASHINGTON, Dec. 3 -- The senate has approved the pact.", id="dateline-with-a-day"),
    pytest.param("LONDON — The government has approved the pact.", id="dateline-with-a-dash"),
    pytest.param("LONDON – The government has approved the pact.", id="dateline-with-a-short-dash"),
    pytest.param("LONDON—The government has approved the pact.", id="dateline-glued"),
    pytest.param("KYIV, Ukraine — The government has approved the pact.", id="dateline-with-a-country"),
    pytest.param("Nov 25 (Reuters) - The government has approved the pact.", id="dateline-without-a-place"),
    pytest.param("LINDHOLM (The Courier) — The senate has approved the pact.", id="dateline-with-an-outlet"),
    pytest.param("By the numbers: Norvell has six patrol boats.", id="label-by-the-numbers"),
    pytest.param("Why it matters:The accord opens nine ports.", id="label-glued"),
    pytest.param("Updated 11/28: The senate has approved the pact.", id="label-updated"),
    pytest.param("BREAKING: The senate has approved the pact.", id="label-breaking"),
    pytest.param("Editor’s note: This report names a victim.", id="editors-note"),
    pytest.param("Sign up for the morning letter of the Courier.", id="invitation"),
    pytest.param("Photo: the port of Norvell at night.", id="caption"),
]
FOREIGN = [
    ("es", "Ambos firmaron el acuerdo en Lindholm.", False),
    ("es", "El Senado de Norvell aprobó el acuerdo.", True),
    ("es", "Así lo advirtió el ministerio de Norvell.", False),
    ("es", "Lo mismo ocurre con los puertos de Estmark.", False),
    ("es", "Para desbloquear las notificaciones pulse sobre el enlace de abajo.", False),
    ("es", "El ministerio recibió cien notificaciones de casos.", True),
    ("es", "Lorem Ipsum is simply dummy text of the printing industry.", False),
    ("es", "Suscríbete a nuestro boletín.", False),
    ("es", "Usamos cookies a fin de mejorar nuestro servicio.", False),
    ("fr", "Abonnez-vous pour lire la suite.", False),
    ("ru", "Подпишитесь на наш канал.", False),
    ("ru", "Президент подписал закон.", True),
    ("de", "Dies teilte das Ministerium am Montag mit.", False),
    ("de", "Der Senat von Norvell hat das Abkommen gebilligt.", True),
    ("fr", "Elle a quitté Norvell lundi.", False),
    ("fr", "Le Sénat de Norvell a approuvé l’accord.", True),
    ("ru", "Он покинул Норвелл в понедельник.", False),
    ("ru", "Сенат Норвелла одобрил соглашение.", True),
    ("hi", "उन्होंने सोमवार को समझौते पर हस्ताक्षर किए।", False),
    ("hi", "संसद ने समझौते को मंजूरी दी।", True),
    ("zh", "他星期一离开了北京。", False),
    ("zh", "议会批准了港口协议。", True),
    ("zh", "“我们会继续。”", False),
]


@pytest.mark.parametrize("sentence", ALONE)
def test_a_clear_first_sentence_stands_alone(sentence: str) -> None:
    assert stands_alone(sentence, "en")


@pytest.mark.parametrize("sentence", NOT_ALONE)
def test_a_first_sentence_that_needs_more_does_not_stand_alone(sentence: str) -> None:
    assert not stands_alone(sentence, "en")


@pytest.mark.parametrize(("language", "sentence", "alone"), FOREIGN)
def test_words_that_point_back_are_known_in_other_languages(language: str, sentence: str, alone: bool) -> None:
    assert stands_alone(sentence, language) is alone


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        pytest.param("WASHINGTON – The senate voted.", "The senate voted.", id="short-dash"),
        pytest.param("WASHINGTON—The senate voted.", "The senate voted.", id="glued-dash"),
        pytest.param("ALBANY, N.Y. – The senate voted.", "The senate voted.", id="state"),
        pytest.param("Nov 25 (Reuters) - The senate voted.", "The senate voted.", id="day-and-agency"),
        pytest.param("Why it matters:The senate voted.", "The senate voted.", id="glued-label"),
        pytest.param("Updated 11/28: The senate voted.", "The senate voted.", id="updated-with-a-day"),
        pytest.param("UPDATE 2: The senate voted.", "The senate voted.", id="numbered-update"),
        pytest.param("Washington —\xa0The senate voted.", "The senate voted.", id="mixed-case-and-no-break-space"),
        pytest.param("Port Aran, Norvell -- Ships left.", "Ships left.", id="mixed-case-region-and-two-hyphens"),
        pytest.param(
            "Ilva Brandt — Norvell’s mayor has left.", "Ilva Brandt — Norvell’s mayor has left.", id="a-person"
        ),
        pytest.param(
            "Brandt – Lind talks have failed.", "Brandt – Lind talks have failed.", id="short-dash-in-mixed-case"
        ),
        pytest.param("Norvell — A port for all.", "Norvell — A port for all.", id="no-verb-behind-the-dash"),
        pytest.param("Norvell — The port — all of it — shut.", "Norvell — The port — all of it — shut.", id="an-aside"),
        pytest.param("(EFE).- El Senado votó.", "El Senado votó.", id="agency-stop-and-hyphen"),
        pytest.param("Madrid, 3 dic (EFE).- Él votó.", "Él votó.", id="spanish-day-and-agency"),
        pytest.param("21.55 h: El Senado votó.", "El Senado votó.", id="time-of-a-live-entry"),
        pytest.param("09:15: The senate voted.", "The senate voted.", id="time-without-a-unit"),
        pytest.param("09:15 trains were late.", "09:15 trains were late.", id="a-time-in-a-sentence"),
        pytest.param("Politico reports: The senate voted.", "Politico reports: The senate voted.", id="speaker-stays"),
        pytest.param("NATO – EU talks – The senate voted.", "NATO – EU talks – The senate voted.", id="two-dashes"),
    ],
)
def test_a_dateline_or_a_label_is_cut_from_the_beginning(sentence: str, rest: str) -> None:
    assert without_boilerplate(sentence, first=True) == rest


@given(
    st.text(alphabet=st.sampled_from("ab AB.,:'\"“”‘’()—-–\n1@|é。…?/[]")), st.sampled_from(["en", "es", "zh", "xx"])
)
def test_any_text_gets_a_verdict_and_a_cut_one_never_stands_alone(text: str, language: str) -> None:
    assert not (is_cut(text) and stands_alone(text, language))


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "“a,” " * 20_000, "The " * 30_000, "A, " * 30_000, " ." * 50_000, "/" * 50_000]
)
def test_a_hostile_sentence_is_read_to_its_end(text: str) -> None:
    stands_alone(text, "en")
    stands_alone(text, "zh")
