"""An article's genre is read from its outlet, its address and the form of its title; in doubt it is news."""

from __future__ import annotations

import pytest
from builders import article

from briefings.text.genre import Genre, genre_of, is_news, is_opinion

TITLES = {
    Genre.NEWS: """
        Duma ratifies RELOS
        Opinion polls show a dead heat in Norvell
        Public opinion: a poll finds Norvell divided
        Opinion in Delhi is divided
        Live ammunition found in the port
        Live-fire exercise begins in the Arctic
        Storm watch: five dead as Norvell floods
        Video shows tanker on fire
        Why flights were cancelled: storm shuts the airport
        How the vote went: Duma passes the pact by 300 to 12
        WHO says the outbreak in Norvell is over
        What appears to be a meteor lights up Norvell
        Three people die in a flood
        10 senators say they agree on a plan
        Two photos show the damaged bridge
        We must act, Norvell's mayor says
        I will not resign: minister
        Best Buy to cut 400 jobs
        Minister asks: 'Are we ready?'
        Court orders review of ballots
        Senate review board raises concerns
        Court rules on discount code law
        Column of tanks nears Norvell
        Letters bombs found in Norvell post office
        Comment by minister angers allies
        Lottery operator fined over results
        Here lies the problem, court told in Norvell bank trial
        474 leaked photos purport to show a secret palace
        Kolumne der Panzer erreicht die Stadt
        Tribune Publishing sold to a fund
        Debatt i riksdagen om försvaret
        Quiz show returns after strike
        Direct flights to Norvell resume
        評論家が死去
        Watch officials arrested over smuggled goods
        Holy See welcomes the truce
        Reading mayor resigns
        Here is no place for tanks, Norvell tells allies
        How far the flood reached is unclear, minister says
        How the pact was made: minister names the brokers
        No, I will not resign, minister says
        No deal on the bridge
        Don't travel to Norvell, ministry warns
        Stop shooting, Norvell tells both sides
        Let's talk, Delhi tells Norvell
        If Norvell attacks, allies must answer, minister says
        Our goal is peace, says minister
        You'll soon be able to vote by post in Norvell
        We're ready for talks, says Norvell
        Norvell counts the cost of the minister's debacle
        Three towns flooded where dam broke
        Ten senators to face court
    """,
    Genre.OPINION: """
        Opinion: RELOS is a bargain
        OPINION: RELOS is a bargain.
        Opinion | RELOS is a bargain
        [Opinion] RELOS is a bargain
        RELOS is a bargain | Opinion
        RELOS is a bargain | Opinion | Norvell Post
        RELOS is a bargain (opinion)
        RELOS is a bargain – editorial
        Op-Ed: RELOS is a bargain
        Letters: RELOS and the sea
        Letter to the editor: RELOS and the sea
        Perspective | RELOS and the sea
        Guest column: RELOS and the sea
        Why we should fear RELOS
        Why Delhi must ratify RELOS
        We need to talk about the bridge
        It's time to close the port
        I crossed the Arctic by bus
        Dear minister, close the port
        The case for a bridge
        In defence of slow trains
        You don't have to love the minister to like RELOS
        We're giving up on the bridge
        Our lost bridge
        Excuse me if I stay ashore
        Defending the minister
        Remember, the minister was warned
        Let's scrap the pact
        Don't forget that ten senators voted no
        Stop pretending the bridge is safe
        If the story is true, the minister has to go
        The minister's Arctic debacle
        A tale of two ports
        'The Long Bridge' review: a dull night out
        The Long Bridge: TV review
        Meinung: Der Pakt ist ein Fehler
        Kommentar – Der Pakt ist ein Fehler
        Opinión | El pacto es un error
        Éditorial : le pacte est une erreur
        Opinião: o pacto é um erro
        Мнение: договор — ошибка
        社论：协定的意义
        【社説】協定の意味
        [사설] 협정의 의미
        رأي: الاتفاق خطأ
        संपादकीय: समझौते का अर्थ
    """,
    Genre.LIVE: """
        Live: summit in Delhi
        Summit in Delhi – live
        Summit in Delhi: live updates
        Summit live updates: leaders arrive in Delhi
        The summit as it happened
        Watch live: leaders arrive in Delhi
        Liveticker: Gipfel in Delhi
        EN DIRECT : sommet de Delhi
        EN VIVO | Cumbre de Delhi
        Онлайн: саммит в Дели
        直播：德里峰会
    """,
    Genre.MEDIA: """
        Read the minister's letter to the court
        READ: the minister's statement
        See the first pictures of the bridge
        Watch these two films of the storm
        Video: tanker on fire
        WATCH: tanker on fire
        Photos: the bridge of Norvell
        The bridge of Norvell – in pictures
        Podcast: the bridge of Norvell
        Видео: танкер горит
    """,
    Genre.QUESTION: """
        Will the Duma ratify RELOS?
        Is Norvell ready? The mayor thinks so
        Where are the S-400s?.
        RELOS ratified: what next?
        条约会被批准吗？
        هل يوقع الاتفاق؟
    """,
    Genre.LIST: """
        20 cities where it is cheaper to rent
        Five races to watch
        5 takeaways from the summit
        Five takeaways from the summit
        The 5 biggest takeaways from the summit
        Summit in Delhi: 7 things to watch
        Top 10 bridges of Norvell
        The 18 best bakeries in Norvell
        Tanker deal and other takeaways from the summit
    """,
    Genre.EXPLAINER: """
        What you need to know about RELOS
        RELOS ratified: what we know
        Bridge closes in July. Here's what you need to know
        Here's what is in the pact
        Here are the members of the new cabinet
        What RELOS means for the Arctic
        Why Norvell trades in roubles
        How to vote in Norvell
        The RELOS pact, explained
        Explainer: the RELOS pact
        Fact check: the minister's numbers
        Analysis | The minister's numbers
        A guide to the new cabinet
        Ports close. Here's why
        Storm shuts refineries — here's what it means for fuel
        The bridge closes in July, here is who pays
        Norvell papers: a simple guide to the leak
        How Norvell lost its port
        Revealed: how the bridge was sold
        The minister's speech, annotated
        No, the dam did not burst
    """,
    Genre.ADVERTISEMENT: """
        Sponsored: the best bank in Norvell
        Paid post | The best bank in Norvell
        Anzeige: Die beste Bank
        Реклама: лучший банк
        Norvell Pizza coupon codes for December
        The best laptop deals this week
        Black Friday deals at Norvell Mart
    """,
    Genre.PASTIME: """
        Horoscope: a day for Leo
        Your daily horoscope for 4 December
        Quiz: how well do you know Norvell
        News quiz
        Wordle today: hints and answer
        Powerball winning numbers for Saturday
        Гороскоп: день для Льва
    """,
}
CASES = [
    pytest.param(title.strip(), genre, id=title.strip())
    for genre, titles in TITLES.items()
    for title in titles.strip().splitlines()
]


@pytest.mark.parametrize(("title", "genre"), CASES)
def test_the_form_of_a_title_shows_the_genre(title: str, genre: Genre) -> None:
    assert genre_of(article(title)) is genre


def test_every_genre_has_titles() -> None:
    assert set(TITLES) == set(Genre)


@pytest.mark.parametrize(
    ("url", "genre"),
    [
        pytest.param("https://example.org/opinion/relos", Genre.OPINION, id="section"),
        pytest.param("https://example.org/news/Opinion/2025/relos", Genre.OPINION, id="any-section-in-any-case"),
        pytest.param("https://example.org/commentisfree/2025/relos", Genre.OPINION, id="a-section-by-its-name"),
        pytest.param("https://opinion.example.org/relos", Genre.OPINION, id="host"),
        pytest.param("https://example.org/news/live/relos", Genre.LIVE, id="live"),
        pytest.param("https://example.org/news/relos-live-updates-2025", Genre.LIVE, id="live-page"),
        pytest.param("https://example.org/video/relos", Genre.MEDIA, id="video"),
        pytest.param("https://example.org/horoscopes/leo", Genre.PASTIME, id="horoscope"),
        pytest.param("https://example.org/paid-post/bank", Genre.ADVERTISEMENT, id="advertisement"),
        pytest.param("https://example.org/news/opinion", Genre.NEWS, id="the-page-is-no-section"),
        pytest.param("https://example.org/opinion-polls/relos", Genre.NEWS, id="longer-section"),
        pytest.param("https://example.org/live-news/relos", Genre.NEWS, id="a-wire-called-live-news"),
        pytest.param("https://example.org/news?from=/opinion/", Genre.NEWS, id="query"),
        pytest.param("https://[example.org/opinion/relos", Genre.NEWS, id="broken"),
        pytest.param(None, Genre.NEWS, id="none"),
    ],
)
def test_the_sections_of_an_address_show_the_genre(url: str | None, genre: Genre) -> None:
    assert genre_of(article("Duma ratifies RELOS", url=url)) is genre


@pytest.mark.parametrize(
    ("outlet", "are_opinions"),
    [
        pytest.param("Norvell Times Opinion", True, id="last-word"),
        pytest.param("Norvell Times (Opinion)", True, id="in-brackets"),
        pytest.param("Opinion – Norvell Times", True, id="first-word"),
        pytest.param("Guest Writer - Center", True, id="guest-writer"),
        pytest.param("El Norvell Opinión", True, id="spanish"),
        pytest.param("Public Opinion", False, id="a-newspaper"),
        pytest.param("La Opinión de Norvell", False, id="a-spanish-newspaper"),
        pytest.param("L'Opinion", False, id="a-french-newspaper"),
        pytest.param("Opinion Research", False, id="a-pollster"),
        pytest.param("Norvell Post", False, id="any-other"),
        pytest.param("", False, id="not-named"),
    ],
)
def test_the_name_of_an_outlet_shows_opinion(outlet: str, are_opinions: bool) -> None:
    report = article("Duma ratifies RELOS", source=outlet)
    assert is_opinion(report) is are_opinions
    assert is_news(report) is not are_opinions


def test_a_text_that_begins_with_its_mark_is_an_advertisement() -> None:
    assert genre_of(article("The best bank", "Sponsored content | Norvell Bank opens.")) is Genre.ADVERTISEMENT
    assert is_news(article("Team loses its backer", "Sponsored teams must pay."))


NEWS = [
    pytest.param("Duma ratifies RELOS", "https://example.org/world/relos", True, id="news"),
    pytest.param("Opinion: Delhi should wait", None, False, id="opinion-first"),
    pytest.param("Delhi should wait | Opinion", None, False, id="opinion-last"),
    pytest.param("Opinion polls show a lead for Brandt", None, True, id="opinion-polls"),
    pytest.param("Editorial — The price of delay", None, False, id="editorial"),
    pytest.param("Delhi should wait", "https://example.org/opinion/2025/delhi", False, id="opinion-folder"),
    pytest.param("Opinion in Delhi is divided", "https://example.org/opinion-in-delhi", True, id="opinion-in-the-name"),
    pytest.param("Live: summit in Delhi", None, False, id="live"),
    pytest.param("Summit in Delhi – live", None, False, id="live-last"),
    pytest.param("Summit in Delhi: live updates", None, False, id="live-updates"),
    pytest.param("Live ammunition found in the port", None, True, id="live-ammunition"),
    pytest.param("The summit as it happened", None, False, id="as-it-happened"),
    pytest.param("Video shows tanker on fire", None, True, id="video-shows"),
    pytest.param("Video: tanker on fire", None, False, id="video"),
    pytest.param("Duma ratifies RELOS", "https://example.org/world/video", True, id="last-part-of-the-address"),
    pytest.param("Duma ratifies RELOS", "https://example.org/Video/relos", False, id="folder-in-capitals"),
]


@pytest.mark.parametrize(("title", "url", "expected"), NEWS)
def test_opinion_and_live_blogs_are_not_news(title: str, url: str | None, expected: bool) -> None:
    assert is_news(article(title, url=url)) is expected
