"""Values of assumptions in words: both languages, with no limit where there is none."""

import math
import re
from typing import Any

import pytest

from fundpool.inputs.case.assumptions import benefit_words
from fundpool.inputs.settings.benefits import Benefit
from fundpool.languages import language
from fundpool.languages.wording import worded

BANDS = [[0, 0.6], [1000, 0.8]]
LAYER = {"fund": "resident", "share": 0.9, "threshold": 5000, "bands": BANDS}
BENEFITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "claim": ({}, "deductible 500; 60% above 0; 80% above 1,000; no ceiling",
              "起付线500；0以上60%；1,000以上80%；不设封顶线"),
    "claim_with_ceiling": ({"ceiling": 9000},
                           "deductible 500; 60% above 0; 80% above 1,000; ceiling 9,000",
                           "起付线500；0以上60%；1,000以上80%；封顶线9,000"),
    "stay": ({"per": "stay", "later_deductibles": [300, 100]},
             "per stay: deductible 500; deductible of later stays 300, 100; 60% above 0; "
             "80% above 1,000; no ceiling; no ceiling for all stays of a year",
             "按住院次计：起付线500；以后各次起付线300、100；0以上60%；1,000以上80%；不设封顶线；"
             "全年各次合计不设封顶线"),
    "year": ({"per": "year"},
             "per year: deductible 500; 60% above 0; 80% above 1,000; no limit on what the person "
             "bears; no ceiling",
             "按年计：起付线500；0以上60%；1,000以上80%；个人负担不设上限；不设封顶线"),
}  # fmt: skip
"""Parts of a benefit, and what is said of it in English and Chinese."""


def words_of(entry: dict[str, Any]) -> tuple[str, str]:
    """What is said of a benefit, in both languages."""
    plain = {"deductible": 500, "bands": BANDS, "ceiling": math.inf, "source": "s"}
    words = benefit_words(Benefit.model_validate({**plain, "status": "assumed", **entry}))
    return str(words), worded(words, language("zh"))


@pytest.mark.parametrize("name", BENEFITS)
def test_a_benefit_without_a_limit_says_so(name: str) -> None:
    entry, english, chinese = BENEFITS[name]
    assert words_of(entry) == (english, chinese)
    assert not re.search(r"\binf\b", english)


def test_layers_are_worded() -> None:
    english, chinese = words_of({"per": "year", "layers": [LAYER]})
    assert english.endswith("60% above 0; 80% above 1,000; no ceiling")
    assert "个人负担不设上限；不设封顶线；由基金resident为90%的参保人支付的补充层" in chinese
    assert chinese.endswith("不设封顶线")
