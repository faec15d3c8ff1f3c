"""What a settings model finds wrong with a file, as findings."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message, reason, sentence


def findings_of(error: ValidationError, file: str, model: type[BaseModel]) -> list[Finding]:
    """The mistakes that a settings model found, as findings."""
    findings = []
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"])
        kind = item["type"]
        if kind == "missing":
            findings.append(
                Finding.of_setting(file, path, None, Message("this setting"), Message("Add it."))
            )
        elif kind == "extra_forbidden":
            known = _known_keys(model, item["loc"][:-1])
            findings.append(
                Finding.of_setting(file, path, str(item["loc"][-1]), Message("a known setting"),
                                   did_you_mean(str(item["loc"][-1]), known))
            )  # fmt: skip
        else:
            shown = item["input"]
            value = None if isinstance(shown, dict | list) or "Parameter" in repr(shown) else shown
            findings.append(
                Finding.of_setting(file, path, None if value is None else str(value),
                                   _expectation(kind, item),
                                   _mend(kind, item))
            )  # fmt: skip
    return findings


def _expectation(kind: str, item: Any) -> Message:
    if kind == "literal_error":
        return Message("one of %(words)s", words=item["ctx"]["expected"])
    if kind.startswith(("float", "int")):
        return Message("a number")
    if kind == "value_error":
        return Message("a number in range")
    if kind in ("dict_type", "model_type"):
        return Message("a table with value, unit, source and status")
    return Message("a fitting value")


TYPES = {
    "float_type": Message("input should be a valid number"),
    "float_parsing": Message("input should be a valid number, unable to parse string as a number"),
    "finite_number": Message("input should be a finite number"),
    "int_type": Message("input should be a valid integer"),
    "int_parsing": Message("input should be a valid integer, unable to parse string as an integer"),
    "int_from_float": Message(
        "input should be a valid integer, got a number with a fractional part"
    ),
    "string_type": Message("input should be a valid string"),
    "bool_type": Message("input should be a valid boolean"),
    "bool_parsing": Message("input should be a valid boolean, unable to interpret input"),
    "list_type": Message("input should be a valid list"),
    "tuple_type": Message("input should be a valid tuple"),
    "dict_type": Message("input should be a valid dictionary"),
}
"""What the library says of values of another type, word by word."""

BOUNDS = {
    "greater_than": Message("input should be greater than %(limit)s", limit=""),
    "greater_than_equal": Message("input should be greater than or equal to %(limit)s", limit=""),
    "less_than": Message("input should be less than %(limit)s", limit=""),
    "less_than_equal": Message("input should be less than or equal to %(limit)s", limit=""),
}
"""What the library says of numbers out of range, with the limit as its last word."""

LENGTHS = (
    Message("List should have at least 1 item after validation, not %(number)s", number=""),
    Message("Dictionary should have at least 1 item after validation, not %(number)s", number=""),
    Message("Tuple should have at most 2 items after validation, not %(number)s", number=""),
)
"""What it says of lists that are too short or too long."""


def _mend(kind: str, item: Any) -> Message:
    """What the library or a check of the model says, as a sentence."""
    context = item.get("ctx", {})
    if kind == "value_error":
        return sentence(reason(context["error"]))
    if kind in TYPES:
        return sentence(TYPES[kind])
    if kind == "literal_error":
        return Message("Input should be %(words)s.", words=context["expected"])
    if kind in BOUNDS:
        limit = str(item["msg"]).rpartition(" ")[2]
        return sentence(BOUNDS[kind].with_texts(lambda _: limit))
    if kind == "model_type":
        return sentence(Message("input should be a valid dictionary or instance of %(model)s",
                                model=context["class_name"]))  # fmt: skip
    if kind in ("too_short", "too_long"):
        number = str(context["actual_length"])
        for length in LENGTHS:
            words = length.with_texts(lambda _: number)
            if words == item["msg"]:
                return sentence(words)
    if kind == "string_too_short" and context["min_length"] == 1:
        return Message("String should have at least 1 character.")
    return sentence(str(item["msg"]))


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Keys that a part of a settings model knows, within lists and tables of parts too."""
    here: Any = model
    for part in path:
        fields = getattr(_part(here), "model_fields", None)
        if fields is not None:
            if part not in fields:
                return []
            here = fields[part].annotation
        else:  # a list's place or a table's key
            here = next(iter(reversed(get_args(_bare(here)))), None)
    return list(getattr(_part(here), "model_fields", {}))


def _bare(annotation: Any) -> Any:
    """A type without its checks and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next(_bare(kind) for kind in get_args(annotation) if kind is not NoneType)
    return annotation


def _part(annotation: Any) -> Any:
    """The part of a settings model that a type stands for, if any."""
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None
