"""Words of the report that come from data: marked, so that catalogues hold them."""

from fundpool.languages.wording import marked

ALERT_WORDS = {
    "exhausted": marked("runs dry"),
    "below_target": marked("below target"),
    "reserve_months": marked("reserve too low"),
    "exhaustion": marked("runs dry"),
    "ruin_probability": marked("too likely to run dry"),
    "actual_to_expected": marked("experience off expectation"),
    "month_end_reserve": marked("reserve at a month's end too low"),
}
"""Kinds of alert."""

ALERT_CHANGE_WORDS = {
    "new": marked("new"),
    "worse": marked("worse"),
    "same": marked("as before"),
    "better": marked("better"),
    "cleared": marked("cleared"),
}
"""How an alert stands against an earlier run."""

SERVICE_WORDS = (
    marked("outpatient"), marked("inpatient"), marked("inpatient 1"), marked("inpatient 2"),
    marked("inpatient 3"),
)  # fmt: skip
"""Service classes of the bundled cases: stays by tier of hospital, from the lowest."""

MEASURE_WORDS = {
    "reserve": marked("reserve at the valuation date"),
    "final_reserve": marked("reserve at the end of the projection"),
    "level_rate": marked("level rate"),
}
"""Measures of the analysis of change."""

STEP_WORDS = (
    marked("method"), marked("passage of time"), marked("all at once"), marked("not explained"),
    marked("method of the later run"), marked("data"), marked("data: people"),
    marked("data: cover"), marked("data: care"), marked("data: money"),
    marked("assumptions: economy"), marked("assumptions: mobility"),
    marked("assumptions: coverage"), marked("assumptions: solvency"),
    marked("assumptions: pooling"), marked("rules"), marked("responses and shocks"),
    marked("movement"),
)  # fmt: skip
"""Steps of the analysis of change."""

LEVEL_WORDS = (
    marked("county"), marked("city"), marked("province"), marked("counties"), marked("cities"),
    marked("provinces"),
)  # fmt: skip
CHECK_WORDS = (
    marked("check"), marked("found"), marked("allowed"), marked("result"),
    marked("Every fund: opening balance, interest and flows give the closing balance"),
    marked("Every scheme: opening balance, interest and flows give the closing balance"),
    marked("Every region and year: people by cover add up to residents"),
)  # fmt: skip
SCHEME_WORDS = (marked("employee"), marked("resident"), marked("migrant"))
STATUS_WORDS = (
    marked("published"), marked("derived"), marked("assumed"), marked("fit"), marked("compare"),
)  # fmt: skip
DATA_WORDS = (
    marked("participants"), marked("contributors"), marked("retirees"), marked("contributions"),
    marked("subsidies"), marked("claims"), marked("account_credits"), marked("pooled_balance"),
)  # fmt: skip
UNIT_WORDS = (
    marked("a year"), marked("share"), marked("years"), marked("ratio"), marked("CNY"),
    marked("months of outgo"), marked("share of the year"), marked("share of the base"),
    marked("CNY a person"), marked("share of contributions"), marked("share of claims"),
    marked("times the local mean wage"), marked("share of the wage declared"),
    marked("relative to the scheme's rate"),
    marked("CNY a retired member"), marked("points off the rate"),
    marked("share of balance and credits"), marked("share of those short of years at retirement"),
    marked("CNY a year"), marked("coefficient on the year before"), marked("correlation"),
    marked("elasticity"), marked("multiple of the fund's rate in force"),
    marked("multiple of the scheme's rate in force"), marked("probability"), marked("relative"),
    marked("relative to the base year"), marked("share of pooled contributions"),
    marked("share of scenarios"), marked("share of the deficit"),
    marked("standard deviation of a year's innovation"),
    marked("variance of a county's yearly claim frequency, relative"),
    marked("variance of a region's yearly claim frequency, relative"), marked("weight"),
)  # fmt: skip
POLICY_WORDS = (
    marked("this plan"), marked("rates in force"), marked("uniform rate"), marked("each its own"),
    marked("proportional levy"),
)  # fmt: skip
RULE_WORDS = (
    marked("rate corridor"), marked("yearly change"), marked("reserve floor"),
    marked("payer keeps its floor"), marked("negative swaps"), marked("pays and draws"),
    marked("grant limit"), marked("levy ceiling"), marked("hub reserve"),
)  # fmt: skip
"""Limits that a simpler policy may break."""
INDUSTRY_WORDS = (
    marked("agriculture"), marked("mining"), marked("manufacturing"), marked("utilities"),
    marked("construction"), marked("wholesale retail"), marked("transport"),
    marked("accommodation catering"), marked("information"), marked("finance"),
    marked("real estate"), marked("leasing business"), marked("research"), marked("environment"),
    marked("resident services"), marked("education"), marked("health social"), marked("culture"),
    marked("public management"), marked("international"),
)  # fmt: skip
"""Industries of the census."""
EVENT_WORDS = (marked("epidemic"), marked("outbreak"), marked("plant closures"))
SECTION_WORDS = (
    marked("economy"), marked("mobility"), marked("coverage"), marked("participation"),
    marked("solvency"), marked("pooling"), marked("optimiser"), marked("scenarios"),
)  # fmt: skip
"""Sections of case.toml that hold assumptions."""
EFFECT_WORDS = (
    marked("migrants insured, last year"), marked("times migrants lost all cover, all years"),
    marked("own share of the cost of care, migrants inside the case"),
    marked("paid for migrants by funds where they live, present value"),
    marked("paid for migrants by funds at home, present value"),
    marked("movers who earn retiree cover at retirement age, all years"),
    marked("funds of all schemes and stages"), marked("of these, funds that run dry"),
    marked("insured people whose fund runs dry"),
    marked("level rate of the payroll scheme"),
    marked("level rate of the flat schemes"), marked("Gini of level rates between funds"),
)  # fmt: skip
"""What the columns of the table of policies say."""
CHART_WORDS = (
    marked("pooled by"), marked("ruined by then"),
    marked("within 5 years"), marked("within 10 years"), marked("within 20 years"),
    marked("later"), marked("never"), marked("months of outgo"), marked("years of outgo"),
    marked("share of the base"), marked("needed to pay the year"), marked("collected"),
    marked("change of the level rate"),
    marked("rate"), marked("share of the base, lowest rate first"),
    marked("mean rate of the fund"), marked("receives"), marked("pays"),
    marked("down"), marked("up"), marked("previous run"), marked("this run"),
)  # fmt: skip
"""Titles and classes of the charts."""
COLUMN_WORDS = (
    marked("first dry"), marked("dry year"), marked("locals"), marked("migrants"),
    marked("locals less"), marked("locals more"), marked("migrants less"),
    marked("migrants more"), marked("column"), marked("outgo share"), marked("half"),
    marked("people"), marked("own share"), marked("disposable income"), marked("tie"),
    marked("wanted"), marked("referral"), marked("forgone"), marked("cost forgone"),
    marked("any ruin"), marked("any ruin error"), marked("present income"),
    marked("present outgo"), marked("present base"), marked("severity"), marked("figure"),
    marked("shown"), marked("number of places"), marked("ways of pooling"), marked("base year"),
    marked("years by definition"), marked("funds that run dry"), marked("assumptions"),
    marked("target months"), marked("years of alerts"), marked("alerts"),
    marked("funds that run dry soon"),
    marked("months of outgo"),
    marked("contributors per retired"),
    marked("income"),
    marked("outgo"),
    marked("net"),
    marked("dry within 5"),
    marked("dry within 10"),
    marked("dry by end"),
    marked("all last probability"),
    marked("rate change"),
    marked("paying less"),
    marked("paying more"),
    marked("income less"),
    marked("income more"),
    marked("funds"),
    marked("funds below zero"),
    marked("lacking"),
    marked("from accounts"), marked("missing years paid"), marked("to pool"),
    marked("surrendered"),
    marked("account credits"), marked("actual"), marked("actual to expected"),
    marked("actuarial balance"), marked("administration"), marked("after"), marked("balance"),
    marked("cash benefits"),
    marked("balance check"), marked("before"), marked("births"), marked("change"),
    marked("claims"), marked("claims incurred"), marked("claims paid"), marked("closing balance"),
    marked("contribution base"), marked("contributions"), marked("contributors"), marked("cost"),
    marked("cost per person"), marked("cover check"), marked("credibility"),
    marked("credible ratio"), marked("credits"), marked("cv"), marked("deaths"),
    marked("direction"), marked("dual"), marked("employee"), marked("exhaustion year"),
    marked("expected"), marked("final reserve months"), marked("first exhaustion"),
    marked("first year"), marked("from home"), marked("from host"), marked("funding ratio"),
    marked("gini"), marked("home"), marked("home resident"), marked("income rate"),
    marked("income rate first"), marked("income rate last"), marked("income rate mean"),
    marked("base present value"), marked("taken over"), marked("interest"), marked("kind"),
    marked("last year"), marked("level"), marked("level rate"), marked("level rate change"),
    marked("level rate mean"), marked("level rate range"), marked("local resident"),
    marked("mean"), marked("measure"), marked("method"), marked("migrant"),
    marked("min reserve months"), marked("month"), marked("moved in"), marked("moved out"),
    marked("multiplier"), marked("name"), marked("net contributions"),
    marked("net income"), marked("none"), marked("note"),
    marked("opening balance"), marked("out of pocket"), marked("outgo next year"),
    marked("outstanding"), marked("path"), marked("payg rate"), marked("payg rate first"),
    marked("payg rate last"), marked("periods"), marked("persons"),
    marked("persons exhausted share"), marked("plan"), marked("pool"), marked("pools"),
    marked("pools exhausted"), marked("range"), marked("ratio"), marked("region"),
    marked("registered"), marked("reserve months"), marked("residence"), marked("retired"),
    marked("retired elsewhere"), marked("rows"), marked("scheme"), marked("short range failed"),
    marked("short range test"), marked("source"), marked("spending"), marked("status"),
    marked("step"), marked("subsidies"), marked("swaps in"), marked("swaps out"), marked("table"),
    marked("theil"), marked("theil between"), marked("theil within"), marked("transfers in"),
    marked("transfers out"), marked("unit"), marked("use"), marked("value"), marked("year"),
    marked("rural resident"), marked("uninsured"), marked("spells"), marked("work"),
    marked("ruin probability error"), marked("required reserve"),
    marked("required reserve error"), marked("var one year"), marked("var one year error"),
    marked("tvar one year"), marked("tvar one year error"), marked("var horizon"),
    marked("var horizon error"), marked("tvar horizon"), marked("tvar horizon error"),
    marked("standard error"), marked("error"), marked("group"), marked("paid"),
    marked("received"), marked("share of income"), marked("hub"), marked("payer"),
    marked("payer name"), marked("receiver"), marked("receiver name"), marked("amount"),
    marked("at least"), marked("exact"), marked("insured migrants"),
    marked("work insured migrants"), marked("uninsured spells"), marked("out of pocket share"),
    marked("retiree share"), marked("accounts moved"), marked("duplicate avoided"),
    marked("funds exhausted"), marked("level rate flat"), marked("exhausted share"),
    marked("against"), marked("by year"), marked("insured"), marked("limit"),
    marked("income error"), marked("outgo error"), marked("rate error"), marked("moves"),
    marked("move"), marked("verified"), marked("wage growth mean"),
    marked("medical inflation mean"), marked("interest mean"), marked("morbidity mean"),
    marked("mobility mean"), marked("participation mean"), marked("morbidity"),
    marked("service"), marked("point value"), marked("settled share"),
    marked("borne by providers"), marked("budget"),
    marked("behaviour"), marked("claims change"), marked("income change"),
    marked("from outside"), marked("from outside 15"), marked("break even"),
    marked("outcome"), marked("period"), marked("sources not opened"),
    marked("payers"), marked("more money"), marked("more each"), marked("collected each"),
    marked("needed each"),
)  # fmt: skip
"""Heads of the workbook's columns."""
ASSUMPTION_WORDS = (
    marked("child accompanies"), marked("consumer inflation"), marked("credited cv"),
    marked("credited density"), marked("dual lapse rate"), marked("employee enrolment growth"),
    marked("employee kept on move"), marked("fallback resident"), marked("in migration growth"),
    marked("interest"), marked("local resident lapse rate"), marked("medical inflation"),
    marked("newborn enrolment"), marked("out migration growth"), marked("premium growth"),
    marked("prior credit share"), marked("resident lapse rate"), marked("slack season share"),
    marked("stayer turnover relativity"), marked("turnover share remaining"),
    marked("turnover years"), marked("wage growth"), marked("working age from"),
)  # fmt: skip
"""Assumptions by the last part of their path."""


def assumption_words(path: str) -> str:
    """An assumption as words, to be translated.

    >>> assumption_words("economy.wage_growth")
    'wage growth'
    """
    return path.rpartition(".")[2].replace("_", " ")
