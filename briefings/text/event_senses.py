"""Word lists of English that tell what the verbs of `event_words.py` mean where they stand. Values only.

Promises to keep out what only looks like a decision or an event: "rejects the notion", "strikes a chord", "releases a
report". Says also which events follow from others, and by which nouns they are told.
"""

from __future__ import annotations

from briefings.text.english import word_set

PERSONAL = word_set(
    "charge plead convict acquit sentence pardon impeach censure expel resign oust appoint win concede kill arrest "
    "release escape kidnap retire surrender"
) | {"swear in"}
"""Meanings that happen to a person: told of one person, they are new of another."""

WITHOUT_OBJECT = word_set(
    "rule resign quit step stand die collapse crash derail capsize sink collide land dock explode erupt surrender "
    "escape flee reopen resume concede win withdraw pull drop agree plead retire side strike"
)
"""Verbs that need no object: "resigned in May" is no shortened passive as "killed in May" is."""

NOT_BEFORE = {
    "pass": word_set("away out over through on up judgment along him her them it around"),
    "strike": word_set("a an deal down out off accord agreement at chord balance"),
    "name": word_set("names of"),
    "sign": word_set("on off up letter"),
    "shoot": word_set("down up for back"),
    "launch": word_set("into"),
    "charge": word_set("that ahead"),
    "clear": word_set("that"),
    "rule": word_set("out over committee panel"),
    "dismiss": word_set("as"),
    "beat": word_set("back"),
    "win": word_set("over praise"),
    "settle": word_set("in into for"),
    "land": word_set("a an him her"),
    "free": word_set("of from up"),
    "file": word_set("for"),
    "test": word_set("negative"),
    "seize": word_set("on upon"),
}
"""Verb → words after which it means something else: "passed away", "ruled out", "strikes a deal"."""

_FIGURES_OF_SPEECH = word_set(
    "notion idea claim claims suggestion suggestions criticism accusations allegations concerns worries comparisons "
    "calls"
)
_PEOPLE_HELD = (
    "hostage hostages prisoner prisoners detainees captives suspect custody prison jail bail sailors crew migrants"
)
_PANELS = "committee commission panel fund tribunal taskforce court inquiry"
_CONTESTS = (
    "election race vote seat primary prize medal cup title match game final award presidency majority nomination "
    "runoff runoffs referendum championship contest term office"
)
_DOCUMENTS = word_set(
    "report statement video footage data documents details figures results book film album emails budget plan guidance "
    "study list numbers images photos transcript records files version update movie trailer memo poll"
)
UNLESS = {
    "kill": word_set("bill law measure plan deal proposal amendment effort challenge off"),
    "die": word_set("bill deal proposal plan effort measure"),
    "pass": word_set("toll cases mark milestone"),
    "reject": _FIGURES_OF_SPEECH | word_set("path"),
    "dismiss": _FIGURES_OF_SPEECH,
    "escape": _FIGURES_OF_SPEECH,
    "block": _FIGURES_OF_SPEECH,
    "release": _DOCUMENTS,
    "concede": word_set("that could"),
}
"""Verb → words near it with which it means something else: "rejects the notion"."""

NEEDS = {
    verb: word_set(words)
    for verb, words in {
        "release": _PEOPLE_HELD,
        "reject": "bill deal plan offer pact law motion proposal proposals appeal request bid resolution amendment "
        "nomination nominee nominees treaty budget challenge petition ceasefire measure merger agreement settlement "
        "candidate lawsuit case ban referendum map tenure terms truce demand demands application",
        "capture": "troops forces rebels police city town suspect army soldiers",
        "pause": "talks trial production rollout vaccinations flights plan aid campaign strikes negotiations shipments",
        "derail": "train trains tram",
        "side": "court judge justices",
        "rule": "court judge judges justices jury tribunal board arbitrator magistrate",
        "affirm": "court judge judges justices",
        "explode": "bomb bombs blast gas device car mine factory rocket tank truck grenade depot shell",
        "erupt": "volcano gunfire fighting clashes riots",
        "free": _PEOPLE_HELD,
        "dismiss": "court judge jury case lawsuit suit charges appeal",
        "allow": "court judge justices appeals regulator",
        "permit": "court judge justices appeals regulator",
        "let": "court judge justices stand",
        "launch": "missile missiles rocket rockets satellite spacecraft strike strikes attack attacks "
        "offensive airstrikes operation invasion investigation probe bid campaign inquiry",
        "strike": "earthquake quake hurricane storm tornado cyclone typhoon missile missiles drone drones rocket "
        "rockets train car truck bus plane lightning tsunami deal agreement down",
        "win": _CONTESTS,
        "beat": _CONTESTS,
        "defeat": _CONTESTS + " bill motion effort recall",
        "survive": "recall confidence no-confidence impeachment attempt crash assassination",
        "set": _PANELS,
        "create": _PANELS,
        "establish": _PANELS,
        "impose": "sanctions tariffs tariff ban curfew restrictions lockdown emergency tax fine embargo limits mandate",
        "lift": "ban sanctions tariffs curfew restrictions lockdown mandate mandates embargo moratorium siege blockade",
        "block": "bill law ban rule mandate order sale deal merger nomination measure legislation commission "
        "execution resolution aid ships convoy",
        "resume": "talks flights production ban strikes fighting service services trading work hearings operations "
        "trial",
        "name": "successor minister chief coach director head ceo chair nominee president secretary ambassador premier",
        "settle": "lawsuit suit case claims",
        "acquire": "company firm stake maker rival startup billion million",
        "shut": "border borders school schools airport factory plant plants port embassy offices bridge road pipeline",
        "freeze": "assets accounts funds aid prices hiring",
        "land": "spacecraft plane capsule probe moon mars rover lander flight astronauts safely shuttle helicopter",
        "agree": "deal ceasefire truce cease-fire pact accord agreement terms merger settlement extradition talks "
        "plan pay settle peace",
        "endorse": "panel committee cdc fda advisers board commission",
        "back": "panel committee cdc fda advisers board commission",
        "recommend": "panel committee cdc fda advisers officials board commission jury administration admin agency",
        "recall": "ambassador ambassadors cars vehicles product products batch",
        "adopt": "resolution law bill budget measure rules plan policy declaration constitution amendment",
        "raid": "police fbi home office offices agents",
        "invade": "troops forces russia army",
        "seize": "police troops forces rebels taliban power ship tanker vessel city town control capital army drugs "
        "customs",
        "boot": "house party panel committee leadership",
        "expel": "diplomats ambassador party member members lawmaker parliament house senate",
        "bar": "court judge from government",
        "suspend": "account accounts license talks service party player minister aid deal rule flights "
        "law order officials officer police",
        "escape": "prison custody jail zoo prisoners inmates",
        "reverse": "court ruling decision judge ban policy",
        "restore": "court judge power ties access service",
        "dock": "ship station spacecraft capsule vessel",
        "test": "positive",
        "sink": "ship boat vessel ferry submarine",
    }.items()
}
"""Verb → words one of which must stand near it, since it has other uses: "releases a report" is no event."""

IMPLIED = {
    "sentence": word_set("charge plead convict arrest"),
    "convict": word_set("charge arrest plead"),
    "acquit": word_set("charge arrest"),
    "plead": word_set("charge arrest"),
    "charge": word_set("arrest"),
    "sign": word_set("approve"),
    "pardon": word_set("charge convict sentence"),
    "release": word_set("arrest kidnap"),
}
"""Meaning → what must have come before it: nobody is sentenced who was not charged."""

NOUNS_OF = {
    meaning: word_set(nouns)
    for meaning, nouns in {
        "lift": "ends ended repealing",
        "recommend": "backs approved approves",
        "sign": "inks inked signing",
        "kill": "death deaths killing killings murder deaths dead fatal deadly",
        "injure": "injuries injured wounded hurt",
        "resign": "resignation ouster exit",
        "oust": "ouster removal dismissal resignation",
        "arrest": "arrest custody detention",
        "approve": "approval passage ratification authorization backs clears advances cleared",
        "reject": "rejection veto defeat refuses declines declined refused rebuffs rebuffed",
        "ban": "ban prohibition",
        "halt": "suspension halt pause stops stopped",
        "charge": "charges indictment charged",
        "convict": "conviction guilty verdict",
        "acquit": "acquittal acquitted",
        "sentence": "sentence prison jail years",
        "appoint": "appointment nomination pick picks picked chooses chose taps tapped selects selected nominee",
        "win": "victory win beats prevails",
        "agree": "deal agreement truce ceasefire cease-fire accord pact",
        "withdraw": "suspends suspended suspend withdrawal exit pullout",
        "sue": "lawsuit suit",
        "attack": "attack shooting bombing raid airstrike strikes assault shots",
        "explode": "explosion blast bombing",
        "crash": "crash",
        "collapse": "collapse",
        "strike": "strike landfall",
        "launch": "launch",
        "rule": "ruling decision verdict victory win",
        "close": "closure shutdown",
        "reopen": "reopening return",
        "seize": "takeover seizure capture",
        "cancel": "cancellation ends ended",
        "evacuate": "evacuation evacuations",
        "release": "release",
        "allow": "permission decision",
        "impeach": "impeachment",
        "test": "infection positive",
        "deploy": "deployment",
        "impose": "sanctions tariffs",
    }.items()
}
"""Meaning → nouns that tell it by the way: "after his arrest"."""

PEOPLES = word_set(
    "american british canadian chinese egyptian european french german greek indian iranian iraqi israeli italian "
    "japanese korean lebanese nato palestinian pakistani polish russian saudi spanish syrian turkish ukrainian "
    "african asian black white latino latina hispanic muslim christian jewish democratic republican"
)
"""They are no names, and before a word that may be a noun, they make it one: "Israeli strikes"."""
