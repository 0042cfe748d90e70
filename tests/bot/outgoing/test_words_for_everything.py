"""Whatever can happen has its words, in every language: notices, states, verbs, urgency, buttons, questions."""

import re
import string
from itertools import product
from pathlib import Path

import pytest

from bot.casework.commands import COMMANDS
from bot.casework.talks import AT_ONCE, TALKS, StepType
from bot.outgoing.notices import text_key
from bot.outgoing.render import BRIEFS
from config.seed.read import read
from config.texts import LANGUAGES, Texts
from models.rules import catalogue as rules
from models.rules import notices as n
from models.rules.clocks import ClockName, Step
from models.rules.commands import Verb
from models.rules.errors import Refusal
from models.rules.events import EVENTS
from models.rules.facts import Ask
from models.rules.roles import Party
from models.rules.routing import Why
from models.rules.states import State, Urgency

TEXTS = Texts.load([Path("bot/locales")])
CATALOGUE = rules.build(read())
ABOUT_NO_CASE = {
    "notice.bound",
    "notice.unreachable",
    "notice.audit",
    "notice.job_dead",
    "notice.update_dead",
    "notice.absent",
    "notice.back",
    "notice.swapped",
    "notice.transferred",
    "notice.draft_closed",
    "notice.root",
    "notice.roots_differ",
    "notice.outage",
    "notice.outage_lost",
}
FACTS_OF_A_NOTICE = {
    "case_no",
    "kind",
    "where",
    "name",
    "words",
    "unit",
    "into",
    "n",
    "why",
    "due",
    "until",
    "review",
} | {
    "measure",
    "ask",
}


def every_notice() -> set[str]:
    """Lists every key that `models.rules.notices` can produce with the ladders of the seed."""
    plain = {f"notice.{event.tag.partition(':')[2]}.{party}" for event, told in n.LOUD.items() for party, _ in told}
    returned = {f"notice.returned.{party}" for party in (Party.DISPATCHER, Party.DISTRICT, Party.REPORTER)}
    extra = {"notice.supervised.district", "notice.asked.district", "notice.overdue.reporter"}
    queue = {"notice.queue.dispatcher", "notice.queue.district"}
    steps = {
        f"notice.step.{limit.clock}.{step.step}.{party}"
        for kind, urgency in product(CATALOGUE.kinds, Urgency)
        for limit in CATALOGUE.limits_for(kind, urgency).rows
        for step in limit.ladder
        for party in step.tell
    }
    return plain | returned | extra | queue | steps


def has(key: str) -> bool:
    """Tells whether every language has the key."""
    return all(key in TEXTS._tables[language] for language in LANGUAGES)


def test_every_notice_of_every_ladder_has_its_sentence() -> None:
    missing = sorted(key for key in every_notice() if not has(text_key(key)))

    assert not missing


def test_the_ladders_of_the_seed_do_tell_somebody() -> None:
    assert sum(key.startswith("notice.step.") for key in every_notice()) > 20


def test_every_notice_that_an_action_writes_by_name_has_its_sentence() -> None:
    written = {
        key
        for path in Path("actions").glob("*.py")
        for key in re.findall(r'"(notice\.[a-z_.]+)"', path.read_text(encoding="utf-8"))
    }

    assert written >= ABOUT_NO_CASE
    assert not [key for key in written - BRIEFS if not has(key)]


@pytest.mark.parametrize("why", [*(w for w in Why if w is not Why.CHOSEN), "nobody_on_post", "no_verifier"])
def test_every_reason_for_the_queue_can_be_said(why: str) -> None:
    assert has(f"queue.why.{why}") or has("queue.why.other")


def test_a_notice_uses_only_facts_that_the_renderer_gives() -> None:
    for key in TEXTS.keys("notice.") - ABOUT_NO_CASE:
        for language in LANGUAGES:
            for form in TEXTS._tables[language][key].forms:
                used = {name for _, name, _, _ in string.Formatter().parse(form) if name}

                assert used <= FACTS_OF_A_NOTICE, f"{language} {key} uses {used - FACTS_OF_A_NOTICE}"


@pytest.mark.parametrize(
    "key",
    [
        *(f"state.{x}" for x in State),
        *(f"urgency.{x}" for x in Urgency),
        *(f"urgency.mark.{x}" for x in Urgency),
        *(f"verb.{x}" for x in Verb),
        *(f"ask.{x}" for x in Ask),
        *(f"card.asked.{x}" for x in Ask),
        *(f"clock.{x}" for x in ClockName),
        *(f"history.step.{x}" for x in Step),
        *(f"history.{tag.partition(':')[2]}" for tag in EVENTS if tag.startswith("case:")),
        *(f"done.{x}" for x in (*sorted(AT_ONCE), *TALKS)),
        *(f"button.{x}" for x in (*sorted(AT_ONCE), *TALKS, "more", "photos", "history", "map")),
        *(f"talk.name.{x}" for x in TALKS),
        *(f"talk.ask.{talk.name}.{step.name}" for talk in TALKS.values() for step in talk.steps),
        *(f"talk.line.{step.name}" for talk in TALKS.values() for step in talk.steps),
        *(
            f"talk.ask.{talk.name}.{step.name}.none"
            for talk in TALKS.values()
            for step in talk.steps
            if step.type in (StepType.UNIT, StepType.COLLEAGUE)
        ),
    ],
)
def test_every_name_and_question_has_its_words(key: str) -> None:
    assert has(key)


def test_all_languages_say_the_same_things_with_the_same_facts() -> None:
    ours = ("time.", "card.", "button.", "talk.", "notice.", "list.", "brief.", "done.", "race.", "history.")

    assert not [key for keys in TEXTS.missing().values() for key in keys if key.startswith(ours)]
    assert not [key for key in TEXTS.disagreeing() if key.startswith(ours)]


@pytest.mark.parametrize("code", sorted(cls.code for cls in Refusal.__subclasses__()))
def test_every_refusal_has_its_sentence(code: str) -> None:
    assert has(f"refusal.{code}")


def test_every_deed_can_be_typed() -> None:
    assert set(TALKS) | {"sign", "arrive", "urge"} <= set(COMMANDS.values())
