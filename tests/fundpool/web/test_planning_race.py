"""Scenarios that are drawn while an answer is being gathered belong to it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from fundpool.web.work import planning


@dataclass
class Drawn:
    """A cache in which all scenarios have been drawn."""

    def base_request(self, asked: Any) -> str:
        return f"base of {asked}"

    def chance(self, request: Any) -> dict[str, str]:
        return {"scheme": f"chance of {request}"}


def test_scenarios_drawn_meanwhile_are_in_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = iter([SimpleNamespace(plan_chance=None), SimpleNamespace(plan_chance="drawn")])
    monkeypatch.setattr(planning, "plan_material", lambda *_: next(gathered))
    monkeypatch.setattr(planning, "answer", lambda material, _: {"chance": material.plan_chance})
    cache: Any = Drawn()
    asked: Any = "plan"
    assert planning.plan_answer(cache, asked) == {"chance": "drawn", "waiting": None}
