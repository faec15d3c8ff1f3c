"""Messages: English as text, Chinese from the same data, and nothing read out of a sentence."""

import ast
import copy
import csv
import errno
import io
import json
import pickle
import re
import tomllib
from ast import literal_eval
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, FiniteFloat, TypeAdapter, ValidationError

from benchmarks.structure import modules
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.inputs.files.writing import reason
from fundpool.inputs.format.library_words import SYSTEM, library_words
from fundpool.inputs.format.messages import Listed, Message, Money, Word, sentences
from fundpool.inputs.format.sheets import in_sheets
from fundpool.inputs.settings.mistakes import BOUNDS, TYPES, findings_of
from fundpool.inputs.settings.parameters import Share
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
    assert len(MESSAGES) > 250
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


def test_no_sentence_is_taken_apart() -> None:
    """What words texts for readers has no patterns to read them with."""
    folder = Path(__file__).parents[3] / "fundpool"
    for file in (*folder.glob("report/words/*.py"), *folder.glob("languages/*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            alias.name if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert imported & {"re", "fnmatch", "difflib", "string"} == set(), file.name


def _is_text(argument: ast.expr) -> bool:
    """Whether an expression is an English text that no catalogue knows."""
    if isinstance(argument, ast.IfExp):
        return _is_text(argument.body) or _is_text(argument.orelse)
    if isinstance(argument, ast.BinOp):
        return True  # messages are joined by sentences(), which keeps them
    return isinstance(argument, ast.JoinedStr | ast.Constant)


def test_findings_say_what_was_expected_by_messages() -> None:
    """Every finding of the program: the last two texts are messages, not English alone."""
    found = 0
    for name, texts in (("Finding", (4, 5)), ("Finding.of_file", (1, 2)),
                        ("Finding.of_setting", (3, 4)), ("report", (-2, -1))):  # fmt: skip
        for place, call in calls(name):
            if not place.startswith(("fundpool.inputs", "fundpool.models", "fundpool.building")):
                continue
            found += 1
            assert not any(_is_text(call.args[index]) for index in texts), place
    assert found > 120


def test_files_in_a_sentence_on_mending_are_values() -> None:
    """In a workbook the sheet stands in their place; the template must stay as it is."""
    templates = {call.args[0].value for call in MESSAGES.values()}  # type: ignore[attr-defined]
    sentences = {text for text in templates if text.endswith(".")}
    assert {text for text in sentences if in_sheets(text) != text} == set()
    mend = Message("%(file)s lists the scheme; add the file.", file="case.toml")
    assert mend.with_texts(in_sheets) == "case lists the scheme; add the file."
    assert worded(mend.with_texts(in_sheets), CHINESE) == "case列有该险种；请补上文件。"


WRONG = (
    (float, []), (float, "x"), (FiniteFloat, float("nan")), (int, []), (int, "x"), (int, 1.5),
    (str, 1), (bool, []), (bool, "x"), (list[int], 1), (tuple[int, int], 1), (dict[str, int], 1),
    (Literal["a", "b"], "c"), (Annotated[str, Field(min_length=1)], ""),
    (Annotated[float, Field(ge=0)], -1), (Annotated[float, Field(le=0.5)], 1),
    (Annotated[float, Field(gt=0)], 0), (Annotated[int, Field(lt=5)], 7),
    (Annotated[list[int], Field(min_length=1)], []), (list[tuple[int, int]], [(1, 2, 3)]),
    (Annotated[dict[str, int], Field(min_length=1)], {}), (Share, 3),
)  # fmt: skip


def test_words_of_the_settings_library_are_its_own() -> None:
    """What is said of a value of another type is word by word what the library says."""
    seen = set()
    for kind, value in WRONG:
        with pytest.raises(ValidationError) as raised:
            TypeAdapter(kind).validate_python(value)
        (item,) = raised.value.errors()
        seen.add(item["type"])
        (finding,) = findings_of(raised.value, "case.toml", BaseModel)
        assert finding.mend == f"{item['msg']}."
        assert not re.search(
            "[A-Za-z]{3}", re.sub("true或false|Parameter", "", worded(finding.mend, CHINESE))
        )
    assert seen == {*TYPES, *BOUNDS, "literal_error", "string_too_short", "too_short",
                    "too_long", "model_type"}  # fmt: skip


UNFIT = ([], {}, "x", "", -1e9, 1e9, 1.5, float("nan"), True, [1], [[1, 2, 3]], {"a": 1})
"""Values, one of which is unfit for whatever a setting holds."""


def settings_models(model: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every model of settings."""
    for inner in model.__subclasses__():
        if inner.__module__.startswith("fundpool."):
            yield inner
        yield from settings_models(inner)


def test_whatever_is_wrong_with_a_setting_is_said_in_chinese() -> None:
    """Every setting of every model with values of every kind: no sentence stays in English."""
    english = set()
    models = sorted(set(settings_models()), key=lambda model: model.__name__)
    assert len(models) > 30
    for model in models:
        for name in model.model_fields:
            for value in UNFIT:
                try:
                    model.model_validate({name: value})
                except ValidationError as error:
                    for finding in findings_of(error, "case.toml", model):
                        for text in (finding.expected, finding.mend):
                            words = re.sub("'[^']*'|: .*", "", worded(text, CHINESE))
                            if re.search("[A-Za-z]{2,} [A-Za-z]{2,}", words):
                                english.add(str(text))
    assert english == set()


TROUBLES = {
    tomllib.loads: ("a", "a = ", "a = 1\na = 2", "[a", "[[a]", "a = [1", "a = {b = 1, b = 2}",
                    "a = {b = 1", 'a = "', 'a = "\\q"', 'a = """b', "a = 1 b", "a = 2024-13-01",
                    "a\x00 = 1", "[a]\n[a]", "a = {}\n[a.b]", 'a = "\\uD800"', "= 1",
                    'a = "\\u00g0"', "a = '\n'", "# \x01"),
    lambda text: list(csv.reader(io.StringIO(text), strict=True)): (
        'a,"b', 'a,"b"c', 'a,"' + "x" * 200_000
    ),
    lambda text: BenefitFormula(*literal_eval(text)): (
        "(1e999, ((0, 1),))", "(0, (1,))", "(0, ())",
        "(0, ((1, 1), (0, 1)))", "(0, ((0, 2),))",
    ),
}  # fmt: skip
"""What libraries and formulas cannot read."""


@pytest.mark.parametrize("read", TROUBLES, ids=("toml", "csv", "formula"))
def test_words_of_parsers_and_formulas_have_chinese(read: Callable[[str], object]) -> None:
    for text in TROUBLES[read]:
        with pytest.raises((ValueError, csv.Error)) as raised:
            read(text)
        words = library_words(raised.value)
        assert words == re.sub(
            r"at end of (?!document)\w+", "at end of document", str(raised.value)
        )
        assert isinstance(words, Message), words
        assert not re.search(
            "[A-Za-z]{3}", re.sub("'[^']*'|Unicode|TOML", "", worded(words, CHINESE))
        )


def test_words_of_the_system_have_chinese() -> None:
    for number, words in SYSTEM.items():
        error = OSError(number, str(words), "a.csv")
        assert isinstance(reason(error), Message)
        assert not re.search("[A-Za-z]{4}", worded(library_words(error), CHINESE))
    assert library_words(OSError(errno.ENOENT, "other words")) == "other words"


def test_a_check_of_a_setting_is_worded() -> None:
    parameter = {"value": 7, "unit": "share", "source": "s", "status": "assumed"}
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Share).validate_python(parameter)
    (finding,) = findings_of(raised.value, "case.toml", BaseModel)
    assert finding.message.endswith("expected a number in range. 7 is not a number from 0 to 1.")
    assert worded(finding.mend, CHINESE) == "7不是0至1之间的数。"
