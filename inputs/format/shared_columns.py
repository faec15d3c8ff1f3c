"""Columns that several tables have."""

from fundpool.inputs.format.declaration import Column
from fundpool.inputs.format.vocabulary import OLDEST_AGE, SEXES, TIES


def text_column(name: str, about: str, **more: object) -> Column:
    """A column of text."""
    return Column(name, about, kind="text", least=None, **more)  # type: ignore[arg-type]


REGION = text_column("region", "code of a region of any level", refers="region")
COUNTY = text_column("region", "code of a region of the lowest level", refers="county")
SEX = text_column("sex", "sex", allowed=SEXES)
AGE = Column("age", "age last birthday; 100 is 100 and over", "integer", "years", 0, OLDEST_AGE)
YEAR = Column("year", "calendar year", "integer", "", 1900, 2300)
LISTED_YEAR = Column("year", "calendar year; blank in every row where shares hold throughout",
                     "integer", "", 1900, 2300, blank=True)  # fmt: skip
TIE = text_column("tie", "tie of the person to the place lived in", allowed=TIES)
SERVICE = text_column("service", "service class, as listed in case.toml", refers="service")
SCHEME = text_column("scheme", "scheme, as listed in case.toml", refers="scheme")
SHARE = Column("share", "share", unit="share", most=1.0)
