"""Messages: English as text, Chinese from the same data, and nothing read out of a sentence."""

import ast
import copy
import json
import pickle
import re
from collections.abc import Iterator

import pytest

from benchmarks.structure import modules
from fundpool.inputs.format.messages import Listed, Message, Money, Word, sentences
from fundpool.languages import ENGLISH, language
from fundpool.languages.catalogue import catalogue_of
from fundpool.languages.wording import worded

CHINESE = language("zh")
SOURCES = {
    name: ast.parse(path.read_text(encoding="utf-8"))
    for name, path in modules().items()
    if name != "fundpool.inputs.format.messages"
}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a name in the program, with where it stands."""
    for module, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield f"{module}:{node.lineno}", node


MESSAGES = dict(calls("Message"))


def test_a_message_is_its_english_text() -> None:
    text = Message("%(name)s holds %(share)s %% of %(all)s", name="a", share="5", all=7)
    assert text == "a holds 5 % of 7"
    assert json.dumps({"text": text}) == '{"text": "a holds 5 % of 7"}'
    assert worded(text, ENGLISH) == text
    with pytest.raises(KeyError):
        Message("%(name)s", other="x")


@pytest.mark.parametrize("again", [copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_copy_is_worded_as_well(again: object) -> None:
    """Results cross processes, and plain data are made by copies."""
    inner = Message("in %(first)s", first=2030)
    text = Message("%(first)s %(second)s", first=inner, second=inner)
    said = worded(again(text), CHINESE)  # type: ignore[operator]
    assert said == worded(text, CHINESE) == "2030年2030年"


def test_values_are_worded_in_the_language_of_the_reader() -> None:
    text = Message(
        "%(name)s, %(scheme)s: misses its reserve floor %(span)s; at worst %(money)s in %(year)s, "
        "where it holds %(months)s months of outgo and the floor is %(floor)s.",
        name="Ash", scheme=Word("employee"), span=Message("in %(first)s", first=2031),
        money=Money(2.5e8, "CNY"), year=2031, months="1.5", floor="3.0",
    )  # fmt: skip
    assert text.startswith(
        "Ash, employee: misses its reserve floor in 2031; at worst 250.0 million"
    )
    said = worded(text, CHINESE, {"Ash": "甲县"})
    assert said.startswith("甲县，职工：2031年低于最低储备；2031年缺口最大，为2.5亿元")
    assert worded("Something else.", CHINESE) == "Something else."


def test_lists_and_sentences_are_joined_as_the_language_joins_them() -> None:
    schemes = Listed((Word("employee"), Word("resident")), Message(" and "))
    text = Message("%(schemes)s: every floor could be kept if %(change)s.",
                   schemes=schemes, change=Message("rates were not frozen"))  # fmt: skip
    assert text == "employee and resident: every floor could be kept if rates were not frozen."
    assert worded(text, CHINESE).startswith("职工和居民：")
    both = sentences(text, text)
    assert both == f"{text} {text}"
    assert worded(both, CHINESE) == worded(text, CHINESE) * 2


def test_every_template_of_the_program_is_a_literal_with_its_values() -> None:
    """Collected from the calls in the code: what catalogues are made from is all there is."""
    assert len(MESSAGES) > 25
    for place, call in MESSAGES.items():
        template = call.args[0]
        assert isinstance(template, ast.Constant), place
        assert isinstance(template.value, str), place
        wanted = set(re.findall(r"%\((\w+)\)s", template.value))
        given = {keyword.arg for keyword in call.keywords}
        assert given - {None} <= wanted if None in given else given == wanted, place
        assert re.sub(r"%%|%\(\w+\)s", "", template.value).count("%") == 0 or not wanted, place


def test_every_template_of_the_program_is_in_the_chinese_catalogue() -> None:
    chinese = {message.id: message.string for message in catalogue_of("zh")}
    templates = {call.args[0].value for call in MESSAGES.values()}  # type: ignore[attr-defined]
    assert {template for template in templates if not chinese.get(template)} == set()
