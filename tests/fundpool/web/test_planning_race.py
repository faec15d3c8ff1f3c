"""Scenarios that are drawn while an answer is being gathered belong to it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from fundpool.web.work import planning


@dataclass(frozen=True)
class Asked:
    """A request that changes no value."""

    values: tuple[()] = ()


@dataclass
class Drawn:
    """A cache in which all scenarios have been drawn."""

    def base_request(self, asked: Any) -> str:
        return f"base of {asked}"

    def chance(self, request: Any) -> dict[str, str]:
        return {"scheme": f"scenarios of {request}"}


def test_scenarios_drawn_meanwhile_are_in_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = iter(SimpleNamespace(plan_chance=chance, plan=None) for chance in (None, "drawn"))
    monkeypatch.setattr(planning, "plan_material", lambda *_: next(gathered))
    monkeypatch.setattr(planning, "answer", lambda material, _: {"chance": material.plan_chance})
    cache: Any = Drawn()
    asked: Any = Asked()
    assert planning.plan_answer(cache, asked) == {"chance": "drawn", "idle": False, "waiting": None}
