"""Synthetic cases of any size, for scale: counties made up, cities and provinces above them.

Everything that is not about a county (mortality, severity, schemes, assumptions) is that of the
nation case; what counties differ in is drawn around its census units. The same number of counties
and seed give the same case.
"""

import numpy as np
import pandas as pd

from fundpool.building.nation.tables import tables_of
from fundpool.building.nation.units import (
    AGES_FROM,
    INDUSTRIES,
    Units,
    assumptions,
    published_units,
)
from fundpool.inputs.case.bundled import case_root
from fundpool.inputs.format.messages import Message

CITY, PROVINCE = 9, 90
"""Counties in a city and in a province, as many as in the nation on average."""


def synthetic_units(counties: int, seed: int) -> Units:
    """Census units of made-up counties: each a real one's figures with noise, at a new place.

    Args:
        counties: how many, at least 4.
        seed: seed of the draws.

    Raises:
        ValueError: fewer than 4 counties or more than 20,000, or a seed below zero.
    """
    if not 4 <= counties <= 20_000:
        raise ValueError(Message("a synthetic case has from 4 to 20,000 counties"))
    if seed < 0:
        raise ValueError(Message("the seed must be at least 0"))
    draw = np.random.default_rng([seed, counties])
    real = published_units()
    usable = real.table[real.residents > 50_000].dropna().reset_index(drop=True)
    table = usable.iloc[draw.integers(0, len(usable), counties)].reset_index(drop=True).copy()
    number = np.arange(counties)
    city_size = min(CITY, max(2, counties // 2))
    city = np.minimum(number // city_size, max(counties // city_size - 1, 0))
    province = city // max(1, PROVINCE // CITY)
    table["unit"] = [f"{i:06d}" for i in number]
    table["name_local"] = [f"County {i}" for i in number]
    table["city"] = [f"{i:05d}" for i in city]
    table["province"] = [f"{i:04d}" for i in province]
    centre = draw.uniform([22, 100], [42, 122], (int(city.max()) + 1, 2))
    place = centre[city] + draw.normal(0, 0.4, (counties, 2))
    table["latitude"], table["longitude"] = place[:, 0].round(4), place[:, 1].round(4)
    table["residents"] = (table["residents"] * draw.lognormal(0, 0.3, counties)).round()
    for name in ("from_province", "from_elsewhere"):
        table[name] = (table[name] * draw.lognormal(0, 0.2, counties)).clip(0, 0.3)
    if int(province.max()) == 0:
        table["from_elsewhere"] = 0.0
    for names in ([f"age_{start}" for start in AGES_FROM], list(INDUSTRIES)):
        shares = table[names].to_numpy(float) * draw.lognormal(0, 0.05, (counties, len(names)))
        table[names] = shares / shares.sum(axis=1, keepdims=True)
    return Units(table)


def synthetic_tables(counties: int, seed: int) -> dict[str, pd.DataFrame]:
    """Every table of a synthetic case."""
    return tables_of(synthetic_units(counties, seed), assumptions())


def synthetic_settings(counties: int, seed: int) -> str:
    """case.toml of a synthetic case."""
    text = (case_root("nation") / "case.toml").read_text("utf-8")
    lines = {
        "name": f'"synthetic-{counties}-{seed}"',
        "title": f'"Synthetic case of {counties} counties"',
        "title_local": '""',
    }
    for key, value in lines.items():
        start = text.index(f"\n{key} = ")
        end = text.index("\n", start + 1)
        text = f"{text[:start]}\n{key} = {value}{text[end:]}"
    head, _, tables = text.partition("[tables.regions]")
    body = []
    for line in ("[tables.regions]" + tables).splitlines():
        if line.startswith("source = "):
            line = f'source = "Made up by fundpool synthesise --counties {counties} --seed {seed}"'
        elif line.startswith("status = "):
            line = 'status = "assumed"'
        elif line.startswith("note = "):
            continue
        body.append(line)
    return head + "\n".join(body) + "\n"
