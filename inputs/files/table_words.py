"""Words of common layouts: headings, sexes, totals, units and notes, in English and Chinese."""

import re
import unicodedata

HEADINGS = {
    "age": ("age", "ages", "age group", "age band", "年龄", "年龄组", "年龄段"),
    "sex": ("sex", "gender", "性别"),
    "region": ("region", "region code", "area", "county", "district", "code", "地区",
               "地区代码", "地区编码", "行政区划代码", "区划代码", "县区", "区县", "统筹区"),
    "year": ("year", "calendar year", "年", "年份", "年度"),
    "month": ("month", "月", "月份"),
    "persons": ("persons", "people", "population", "number", "residents", "人数",
                "人口", "人口数", "常住人口"),
    "home": ("home", "registered in", "registered", "户籍地", "户口登记地"),
    "residence": ("residence", "lives in", "现住地", "居住地", "常住地"),
    "share": ("share", "percentage", "proportion", "比例", "占比", "比重", "构成"),
    "name": ("name", "名称", "地区名称"),
    "name_local": ("local name", "name in the local language"),
    "level": ("level", "级别", "层级"),
    "parent": ("parent", "upper region", "上级", "上级地区", "上级代码"),
    "death_rate": ("death rate", "mx", "mortality", "mortality rate", "死亡率"),
    "rate": ("rate", "fertility rate", "asfr", "生育率"),
    "industry": ("industry", "行业", "产业"),
    "service": ("service", "type of service", "服务类别", "就医类别", "医疗类别"),
    "frequency": ("frequency", "visits a person", "次数", "人均次数", "就诊率", "住院率"),
    "scheme": ("scheme", "险种", "参保类型"),
    "measure": ("measure", "item", "指标", "项目"),
    "value": ("value", "amount", "数值", "金额", "数额"),
    "pooled_balance": ("pooled balance", "统筹基金结余", "统筹结余"),
    "account_balance": ("account balance", "个人账户结余"),
    "contribution_wage": ("wage", "average wage", "平均工资", "缴费工资"),
    "disposable_income": ("disposable income", "人均可支配收入", "可支配收入"),
    "tie": ("tie",),
    "cover": ("cover",),
}  # fmt: skip
"""Headings that are read as a column, beside its own name and what it is about."""

SEX_WORDS = {
    "male": ("male", "males", "m", "man", "men", "男", "男性"),
    "female": ("female", "females", "f", "woman", "women", "女", "女性"),
}
SEX_CODES = {"1": "male", "2": "female"}
"""ISO/IEC 5218 and GB/T 2261.1."""

TOTAL_WORDS = frozenset({
    "total", "totals", "grand total", "subtotal", "sum", "all", "all ages", "both sexes", "both",
    "合计", "总计", "小计", "共计", "总数", "全部", "男女合计", "合 计", "总 计", "小 计",
})  # fmt: skip
"""Cells that make a row or a column one of totals."""

MONEY_UNITS = {
    "元": 1.0, "yuan": 1.0, "cny": 1.0,
    "thousand": 1e3, "thousands": 1e3, "1000": 1e3, "'000": 1e3, "000s": 1e3, "千元": 1e3,
    "万": 1e4, "万元": 1e4, "10000": 1e4, "ten thousand": 1e4,
    "million": 1e6, "millions": 1e6, "百万": 1e6, "百万元": 1e6,
    "亿": 1e8, "亿元": 1e8, "hundred million": 1e8, "hundred millions": 1e8,
    "billion": 1e9, "billions": 1e9, "trillion": 1e12, "trillions": 1e12,
}  # fmt: skip
"""Units of money, in tables of a case and in fund statements."""
UNITS = MONEY_UNITS | {
    "persons": 1.0, "人": 1.0, "person": 1.0, "people": 1.0,
    "千人": 1e3, "万人": 1e4, "百万人": 1e6, "亿人": 1e8,
    "%": 0.01, "per cent": 0.01, "percent": 0.01, "百分比": 0.01,
    "‰": 0.001, "per thousand": 0.001, "per mille": 0.001, "per 1000": 0.001, "千分比": 0.001,
    "per 100000": 1e-5, "1/10万": 1e-5,
}  # fmt: skip
"""What a number is multiplied by when its heading ends in such a unit, in brackets."""

NOTE = re.compile(
    r"(注|说明|备注|资料来源|数据来源|来源|notes?|sources?|remarks?)\s*[:：.\d]", re.I
)
"""How a line below a table begins that is no row of it."""


def plain(text: str) -> str:
    """A text for comparing: full-width letters narrow, lower case, spaces and lines as one space.

    >>> plain("１０－１４岁"), plain(" Both  Sexes ")
    ('10-14岁', 'both sexes')
    """
    return " ".join(unicodedata.normalize("NFKC", text).replace("_", " ").lower().split())


def is_total(text: str) -> bool:
    """Whether a cell says that its row or column is a total.

    >>> is_total("合计"), is_total("TOTAL:"), is_total("Totalville")
    (True, True, False)
    """
    return plain(text).rstrip(":") in TOTAL_WORDS


def sex_of(text: str) -> str | None:
    """A sex as the format writes it, from words or the standard's codes; None otherwise.

    >>> sex_of("女"), sex_of("1"), sex_of("9")
    ('female', 'male', None)
    """
    word = plain(text)
    for sex, words in SEX_WORDS.items():
        if word in words:
            return sex
    return SEX_CODES.get(word)


def split_unit(heading: str) -> tuple[str, str]:
    """A heading and the unit in brackets at its end; an empty unit where there is none.

    >>> split_unit("人数（万人）"), split_unit("share (%)"), split_unit("age")
    (('人数', '万人'), ('share', '%'), ('age', ''))
    """
    match = re.fullmatch(r"(.*?)\s*[(\[]([^()\[\]]+)[)\]]", unicodedata.normalize("NFKC", heading))
    if match is None:
        return heading.strip(), ""
    return match[1].strip(), match[2].strip()


def unit_factor(unit: str) -> float | None:
    """What numbers of a unit are multiplied by; None where the unit is not known.

    >>> unit_factor("万人"), unit_factor("per 1,000"), unit_factor("bushels")
    (10000.0, 0.001, None)
    """
    word = plain(unit).replace(",", "").removeprefix("in ").removeprefix("单位:").strip()
    return UNITS.get(word)
