"""What the columns of members and claims are, and the headings and words they are known by."""

from collections.abc import Mapping
from dataclasses import replace

from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.vocabulary import OLDEST_AGE, SEXES, STATUSES, TIES


def _text(name: str, about: str, blank: bool = True, **more: object) -> Column:
    return Column(name, about, kind="text", least=None, blank=blank, **more)  # type: ignore[arg-type]


_PERSON = _text("person", "pseudonym of the person", blank=False)
_COUNTY = _text("region", "county of insurance", blank=False, refers="county")
_SEX = _text("sex", "sex", blank=False, allowed=SEXES)
_AGE = Column("age", "age last birthday", "integer", "years", 0, OLDEST_AGE, blank=True)
_SCHEME = _text("scheme", "scheme of the member")
_STATUS = _text("status", "coverage status", allowed=STATUSES)
_TIE = _text("tie", "tie to the place lived in", allowed=TIES)

MEMBER_RECORDS = Table(
    "members",
    "A spell of a person's insurance.",
    (
        _PERSON, _COUNTY, _SEX, _text("birth", "date, month or year of birth"), _AGE, _SCHEME,
        _STATUS, _TIE, _text("start", "first day insured", blank=False),
        _text("end", "last day insured; blank while insurance goes on"),
    ),
    ("person",),
)  # fmt: skip
"""Members as a row for each spell of a person."""

MEMBER_COUNTS = Table(
    "members",
    "People insured in a calendar year, counted.",
    (
        _COUNTY, _SEX, replace(_AGE, blank=False),
        Column("year", "calendar year", "integer", "", 1900, 2300), _SCHEME, _STATUS, _TIE,
        Column("persons", "people insured at the end of the year", unit="persons", blank=True),
        Column("exposure", "person-years of the year", unit="person-years", blank=True),
    ),
    ("region", "sex", "age", "year", "scheme", "status", "tie"),
)  # fmt: skip
"""Members as counts by county, sex and age."""

CLAIMS = Table(
    "claims",
    "A claim, or several of one group and month.",
    (
        replace(_PERSON, blank=True), replace(_COUNTY, blank=True), replace(_SEX, blank=True), _AGE,
        _text("care_region", "county of care", refers="county"), _SCHEME,
        _text("service", "service class", blank=False),
        _text("date", "day, month or year of service", blank=False),
        _text("booked", "day or month of booking or payment"),
        Column("claims", "number of claims of the row", unit="claims", blank=True),
        Column("cost", "cost of all claims of the row", unit="money"),
        Column("paid", "paid by the fund", unit="money", blank=True),
    ),
    ("person", "region", "sex", "age", "scheme", "service", "date"),
)  # fmt: skip
"""Claims, each a row, or counted."""

DECLARED = {"members": MEMBER_RECORDS, "claims": CLAIMS}

MAPPED = {
    "members": replace(
        MEMBER_RECORDS,
        columns=tuple(
            {
                column.name: column for column in (*MEMBER_RECORDS.columns, *MEMBER_COUNTS.columns)
            }.values()
        ),
    ),
    "claims": CLAIMS,
}  # fmt: skip
"""What a mapping file may name."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "person": ("person", "person id", "member id", "pseudonym", "id", "个人编号", "人员编号",
               "参保人编号", "脱敏编号"),
    "region": ("region", "county", "insured in", "county of insurance", "参保地", "参保县区",
               "参保地代码"),
    "birth": ("birth", "date of birth", "birth date", "birth year", "year of birth", "出生日期",
              "出生年月", "出生年份"),
    "status": ("status", "member type", "cover", "coverage status", "参保身份", "人员类别",
               "人员性质"),
    "start": ("start", "insured from", "first day", "参保日期", "参保开始日期", "开始日期"),
    "end": ("end", "insured to", "last day", "停保日期", "参保结束日期", "终止日期", "结束日期"),
    "exposure": ("exposure", "person years", "人年", "暴露人年"),
    "care_region": ("care region", "county of care", "place of care", "就医地", "就诊地",
                    "医疗机构所在地"),
    "date": ("date", "service date", "admission date", "date of service", "date of admission",
             "就诊日期", "入院日期", "就医日期", "就诊月份"),
    "booked": ("booked", "booking date", "payment date", "date of payment", "结算日期", "支付日期",
               "入账日期", "入账月份"),
    "claims": ("claims", "number of claims", "人次", "就诊人次", "住院人次"),
    "cost": ("cost", "total cost", "amount claimed", "总费用", "医疗费用", "医疗总费用"),
    "paid": ("paid", "paid by the fund", "fund payment", "基金支付", "统筹支付", "统筹基金支付"),
}  # fmt: skip
"""Headings that are read as a column, beside those that :mod:`inputs.tidy` knows."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "service": {"门诊": "outpatient", "普通门诊": "outpatient", "住院": "inpatient"},
    "status": {
        "未参保": "none", "在职": "employee", "在职职工": "employee", "退休": "retired",
        "退休人员": "retired", "城乡居民": "home_resident", "居民": "home_resident",
    },
    "scheme": {
        "职工": "employee", "职工医保": "employee", "城镇职工": "employee", "居民": "resident",
        "居民医保": "resident", "城乡居民": "resident",
    },
}  # fmt: skip
"""Words of Chinese files for words of the format, by column; a mapping file states others."""
