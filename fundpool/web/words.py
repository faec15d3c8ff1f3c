"""Words of the page: by name, the English message; the catalogue has the other languages."""

from fundpool.languages import Language
from fundpool.languages.numbers import ENGLISH_NOUNS, plural
from fundpool.languages.wording import forms, marked
from fundpool.models.analysis.places import TITLES

WORDS: dict[str, str | tuple[str, str]] = {
    "skip": marked("Skip to results"),
    "tools": marked("Tools"),
    "undo": marked("Undo"),
    "reset": marked("Start afresh"),
    "share": marked("Copy link"),
    "copied": marked("Copied"),
    "language": marked("Language"),
    "plan": marked("Plan"),
    "scheme": marked("Scheme"),
    "pooling": marked("Pooling"),
    "mode": marked("How"),
    "mode_level": marked("One level throughout"),
    "mode_staged": marked("In stages"),
    "mode_fund": marked("Adjustment fund"),
    "mode_cluster": marked("Own cluster"),
    "level": marked("Level"),
    "first_level": marked("At first"),
    "from": marked("From year"),
    "upper_level": marked("Fund held by"),
    "levy": marked("Levy, share of contributions"),
    "own": marked("Own responsibility for a deficit"),
    "need": marked("Share paid out by need"),
    "cluster_base": marked("Others by"),
    "cluster_name": marked("Name of the cluster"),
    "cluster_year": marked("From year"),
    "at_once": marked("the start"),
    "cluster_members": marked("Members (%(n)s %(regions)s)"),
    "cluster_hint": marked("Tick members, or click %(regions)s on the right-hand map."),
    "cluster_default": marked("Cluster"),
    "cluster_more": marked("Another cluster"),
    "cluster_edited": marked("Cluster shown"),
    "stages_years": marked("Each stage must begin in a later year than the one before it."),
    "stages_levels": marked("No stage may pool at a lower level than the one before it."),
    "statutory": marked("statutory: %(rate)s"),
    "county_unknown": marked("No place of this name."),
    "county_several": marked("Several places fit: %(names)s"),
    "levers": marked("Levers"),
    "levers_note": marked("Answered at once from stored coefficients; participation is held."),
    "from_year": marked("Changes from"),
    "first_year": marked("the first year"),
    "rate": marked("Contribution rate"),
    "premium": marked("Premium and subsidy"),
    "care": marked("Morbidity (use of care)"),
    "medical_inflation": marked("Medical inflation"),
    "wage_growth": marked("Wage growth"),
    "interest": marked("Interest rate"),
    "unit_points": marked("points"),
    "needs_projection": marked("Needs a projection"),
    "projection_note": marked(
        "These change who lives and is insured where; the first time takes some seconds."
    ),
    "mobility": marked("Growth of moves"),
    "as_is": marked("as it stands"),
    "a_year": marked("%(value)s points a year"),
    "policies": marked("Policies"),
    "chosen": marked("(%(n)s chosen)"),
    "full": marked("Project the levers in full, participation included"),
    "cancel": marked("Cancel"),
    "progress": marked("Progress"),
    "job_busy": marked("The server has too much to do"),
    "slow": marked("The server is slow; the figures are still those of the plan before."),
    "unreachable": marked("The server does not answer; dimmed figures are of its last answer."),
    "again_in": marked("Asking again in %(s)s s."),
    "refused_status": marked("The server refused the request (status %(status)s)."),
    "rolled_back": marked("The controls show the plan before again."),
    "lost_case": marked(
        "This link is of the case %(file)s, which is not open on this server: uploads end with "
        "it. Open that workbook below, and the plan of the link is laid over it. Until then the "
        "page shows %(title)s as it stands."
    ),
    "continue_on": marked("Go on where you were"),
    "job_projection": marked("Projecting the case"),
    "job_scenarios": marked("Drawing scenarios for the fans"),
    "job_optimisation": marked("Optimising"),
    "job_report": marked("Writing the report"),
    "job_frontier": marked("Tracing the frontier"),
    "waiting": marked("waiting for its turn"),
    "cancelled": marked("Cancelled."),
    "finding_none": marked(
        "%(scheme)s: no fund runs dry by %(last)s under this plan (%(a)s of %(an)s as it stands)."
    ),
    "finding_some": marked(
        "%(scheme)s: %(b)s of %(bn)s funds run dry by %(last)s under this plan, the "
        "first in %(first)s (%(a)s of %(an)s as it stands)."
    ),
    "finding_new": marked(
        "%(scheme)s: %(b)s of %(bn)s funds run dry by %(last)s under this plan; the "
        "case as it stands has no such scheme."
    ),
    "basis": marked(
        "A: %(case)s as it stands, pooled by %(level)s. B: %(plan)s. %(currency)s, "
        "nominal; rates on the contribution base; %(scenarios)s; inputs %(sha)s."
    ),
    "no_scenarios": marked("central path"),
    "with_scenarios": forms(
        "%(n)s scenario: bands hold 50 %% and 90 %% of them; "
        "balances, rates and years are those of the central path unless called medians",
        "%(n)s scenarios: bands hold 50 %% and 90 %% of them; "
        "balances, rates and years are those of the central path unless called medians",
    ),
    "pool_staged": marked("%(level)s from %(year)s"),
    "pool_fund": marked(
        "%(level)s funds, %(upper)s adjustment fund with a levy of %(levy)s, own "
        "responsibility %(own)s, by need %(need)s"
    ),
    "pool_cluster": marked("%(level)s funds, %(name)s (%(n)s %(regions)s) together%(from)s"),
    "pool_from": marked(" from %(year)s"),
    "pool_level": marked("pooled by %(level)s"),
    "nothing_changed": marked("the same, nothing changed"),
    "measure": marked("Measure"),
    "as_it_stands": marked("A: as it stands"),
    "this_plan": marked("B: this plan"),
    "difference": marked("B − A"),
    "pools_count": marked("Funds"),
    "pools_exhausted": marked("Funds that run dry"),
    "persons_exhausted_share": marked("Insured in funds that run dry"),
    "first_exhaustion": marked("First runs dry in"),
    "short_range_failed": marked("Fail the ten-year test"),
    "min_reserve_months": marked("Least reserve, months"),
    "closing_balance": marked("Balance of all funds in %(year)s, central path"),
    "closing_balance_median": marked("Balance of all funds in %(year)s, median of scenarios"),
    "income_rate": marked("Contributions to the fund, % of the base (without accounts)"),
    "level_rate": marked("Rate needed (level rate)"),
    "largest_ruin": marked("Largest ruin probability of a fund"),
    "gini": marked("Gini of the level rate"),
    "range": marked("Range of the level rate"),
    "cv": marked("Coefficient of variation"),
    "mean": marked("Mean"),
    "theil": marked("Theil"),
    "theil_within": marked("within %(nexts)s"),
    "theil_between": marked("between %(nexts)s"),
    "never": marked("never"),
    "name_plan": marked("Name"),
    "pin": marked("Pin this plan"),
    "note": marked("Note"),
    "plan_n": marked("Plan %(n)s"),
    "compared": marked("Plans side by side"),
    "load": marked("Load"),
    "remove": marked("Remove"),
    "current": marked("This plan"),
    "follow": marked("Follow"),
    "all_funds": marked("all funds together"),
    "fund_of": marked("the fund of %(place)s"),
    "paths_title": marked(
        "Balance of %(who)s: %(b)s in %(last)s under the plan, %(a)s as it stands"
    ),
    "paths_title_person": marked(
        "Balance per insured person of %(who)s: %(b)s in %(last)s under the plan, %(a)s as it "
        "stands"
    ),
    "paths_person_note": marked(
        "Per insured person of the fund, since the funds differ in size. Fund in the last year: "
        "%(a)s as it stands, %(b)s under the plan."
    ),
    "bands_note": marked(
        "Bands: 50 % (dark) and 90 % (light) of scenarios; lines: the central path."
    ),
    "paths_axis_person": marked("Balance per insured person, %(currency)s"),
    "in_debt_axis": marked("Insured whose fund is in debt, %"),
    "s_in_debt": marked("insured whose fund is in debt"),
    "s_balance": marked("balance of all funds"),
    "paths_axis": marked("Balance, %(unit)s"),
    "median": marked("median"),
    "year": marked("Year"),
    "table_behind": marked("Numbers behind the chart"),
    "low90": marked("5 %"),
    "high90": marked("95 %"),
    "show": marked("Show"),
    "arcs": marked("Arrows"),
    "m_exhaustion": marked("year in which the fund runs dry"),
    "m_rate": marked("burden: level rate"),
    "m_months": marked("reserve at the end"),
    "m_gain": marked("gain or loss a person"),
    "arcs_none": marked("no arrows"),
    "arcs_money": marked("who pays whom"),
    "arcs_migrants": marked("migrants"),
    "arcs_money_note": marked(
        "Arrows of the plan: money a year on average in present values; drawn: the %(n)s "
        "largest of %(all)s payments, %(part)s of %(sum)s. Within a shared fund: who "
        "carries whose cost; between funds: swaps."
    ),
    "arcs_migrants_note": marked(
        "Arrows from home to residence in %(last)s, by %(next)s; drawn: the %(n)s largest of "
        "%(all)s groups, %(sum)s people in all; the widest is %(most)s. Outside the case not "
        "drawn."
    ),
    "payments_caption": marked("The %(n)s largest of %(all)s payments: %(part)s of %(sum)s a year"),
    "arcs_no_money": marked("Under this plan no %(region)s carries another's cost."),
    "map_title": marked(
        "%(n)s of %(all)s %(regions)s are in a fund that runs dry by %(last)s (as it stands: %(a)s)"
    ),
    "map_a": marked("A: as it stands"),
    "map_b": marked("B: this plan"),
    "c_soon": marked("dry within 10 years"),
    "c_later": marked("dry within 20 years"),
    "c_late": marked("dry later"),
    "c_below": marked("lasts, below target at the end"),
    "c_target": marked("lasts, at target at the end"),
    "c_rate1": marked("under %(a)s"),
    "c_between": marked("%(a)s to %(b)s"),
    "c_rate5": marked("%(a)s and more"),
    "c_gain_big": marked("gains much"),
    "c_gain": marked("gains"),
    "c_even": marked("about even"),
    "c_loss": marked("loses"),
    "c_loss_big": marked("loses much"),
    "payments_table": marked("Payments as a table"),
    "payer": marked("Payer"),
    "receiver": marked("Receiver"),
    "amount": marked("A year"),
    "kind": marked("Kind"),
    "kind_shared": marked("shared fund"),
    "kind_swap": marked("swap"),
    "share_of_income": marked("Share of the payer's contributions"),
    "gains_title": marked(
        "%(gain)s %(regions)s are carried, %(loss)s carry others: %(most)s a year changes hands"
    ),
    "gains_title_none": marked("No %(region)s carries another under this plan"),
    "gains_note": marked(
        "Own level rate less that of the fund, on the %(region)s's base, plus swaps "
        "received less paid: a year, average in present values. Within a fund the "
        "gains sum to zero but for moral hazard."
    ),
    "gains_shown": marked(
        "Drawn: the %(n)s of %(all)s that gain and lose most a person; the table and the data "
        "(CSV) hold all."
    ),
    "incomes_title": marked("Who gains and loses by income of the place"),
    "incomes_note": marked(
        "%(Regions)s in five groups of about as many insured, by disposable income a head in the "
        "base year. %(direction)s"
    ),
    "incomes_up": marked(
        "Money runs from poorer to richer places: the poorer half pays %(amount)s a year."
    ),
    "incomes_down": marked(
        "Money runs from richer to poorer places: the poorer half receives %(amount)s a year."
    ),
    "incomes_even": marked("No money runs between the poorer and the richer half."),
    "income_group": marked("Income a head, %(currency)s"),
    "profile_title": marked(
        "Why the fund of %(place)s differs from the mean of %(parent)s: %(distance)s a person and "
        "year"
    ),
    "profile_note": marked(
        "Result (income less outgo) of the fund that the place would have of its own, a person and "
        "year, present values over the projection: %(result)s, mean of %(parent)s %(mean)s. What "
        "each difference contributes adds up to the distance, whatever the order (Shapley value)."
    ),
    "profile_factor": marked("What differs"),
    "profile_mean": marked("Mean of %(parent)s"),
    "profile_contribution": marked("Contributes, %(currency)s a person and year"),
    "profile_sum": marked("Distance from the mean"),
    **{f"pf_{factor}": title for factor, title in TITLES.items()},
    "gains_axis": marked("Gain or loss a person and year, %(currency)s"),
    "gains_person": marked("A person"),
    "gains_money": marked("A year"),
    "counties_table": marked("All %(regions)s"),
    "county": marked("%(Region)s"),
    "fund": marked("Fund"),
    "persons": marked("Insured"),
    "own_rate": marked("Own level rate"),
    "fund_rate": marked("Level rate of the fund"),
    "exhaustion": marked("Runs dry in"),
    "reserve_end": marked("Reserve at the end, months"),
    "even_title": marked("Burden is %(word)s: Gini of the level rate %(b)s, as it stands %(a)s"),
    "more_even": marked("more even"),
    "less_even": marked("less even"),
    "as_even": marked("as even"),
    "evenness_measure": marked("Evenness of the level rate"),
    "rates_axis": marked("Level rate, % of the contribution base"),
    "pools": marked("Funds under the plan"),
    "counties_n": marked("%(Regions)s"),
    "opening": marked("At the start"),
    "closing": marked("At the end"),
    "test": marked("Ten-year test"),
    "passed": marked("passed"),
    "failed": marked("failed"),
    "ruin": marked("Ruin probability"),
    "swaps_year": marked("Swaps a year"),
    "optimise": marked("Optimise rates and swaps"),
    "optimise_note": marked(
        "Finds the lowest and most even rates, with swaps, that keep every fund at its reserve and "
        "safe; checked by a recursion of its own. The plan's funds must stay the same throughout."
    ),
    "months": marked("Reserve, months"),
    "weight": marked("Weight of evenness (empty: the case's)"),
    "with_swaps": marked("with swaps"),
    "on_one_path": marked("on the one path only, which says nothing of safety"),
    "optimise_now": marked("Optimise this plan"),
    "frontier_now": marked("Show the frontier"),
    "drop": marked("Drop optimised rates"),
    "opt_status_certified": marked(
        "Certified: every limit holds, and the objective is within %(gap)s of the best possible."
    ),
    "opt_status_shortfall": marked(
        "No rates keep every floor; this is the smallest shortfall, certified."
    ),
    "opt_status_unsafe": marked("Certified, but the probability of ruin is above its limit."),
    "opt_probability": marked(
        "Worst fund of the scheme shown: below zero in %(inside)s of %(within)s scenarios and "
        "in %(outside)s of %(fresh)s fresh ones (standard error %(error)s); limit %(limit)s."
    ),
    "opt_status_other": marked("Not certified (%(status)s); the rates are not used."),
    "opt_rates": marked(
        "Mean rate %(before)s → %(after)s; lowest %(least)s, highest %(most)s; swaps "
        "%(swaps)s a year."
    ),
    "opt_shadow": marked("What limits cost"),
    "opt_obstacle": marked("Why no plan keeps every floor"),
    "frontier_note": marked(
        "Each point is an efficient plan on the one path: mean rate across, unevenness up, swaps "
        "by size. Click a point, or load it from the table."
    ),
    "f_rate": marked("Mean rate, %"),
    "f_uneven": marked("Unevenness, % of the rate in force"),
    "f_swaps": marked("Swaps, % of outgo"),
    "take": marked("Take it with you"),
    "command_note": marked("The command that reproduces what is on screen:"),
    "command_policy": marked("Download the policy file page-plan.toml first; it holds the levers."),
    "copy": marked("Copy"),
    "get_workbook": marked("Workbook (.xlsx)"),
    "get_policy": marked("Policy (.toml)"),
    "get_json": marked("Numbers (.json)"),
    "get_report": marked("Report (.zip)"),
    "report_note": marked(
        "The report is the whole valuation of this plan beside the pooling in force: HTML, PDF and "
        "workbook. It takes minutes for a large case."
    ),
    "print": marked("Print, or save as PDF"),
    "session_note": marked(
        "A session file holds this plan, the pinned plans and notes; it can be opened again on "
        "any server that has the case."
    ),
    "save_session": marked("Save session (.json)"),
    "open_session": marked("Open session"),
    "session_refused": marked("This is not a session file of this page."),
    "session_other": marked("Saved with other inputs (%(title)s); laid over %(open)s."),
    "svg": marked("Picture (SVG)"),
    "png": marked("Picture (PNG)"),
    "csv": marked("Data (CSV)"),
    "spec": marked("Drawing (Vega-Lite)"),
    "upload": marked("Open a case of one's own"),
    "upload_note": marked(
        "A workbook with the tables of a case as sheets. It is checked on this "
        "machine, stays in memory and is gone when the server ends."
    ),
    "file": marked("Workbook"),
    "get_case": marked("This case as a workbook (.xlsx)"),
    "get_template": marked("Empty template (.xlsx)"),
    "checking": marked("Checking %(name)s …"),
    "opened": marked("%(name)s is open."),
    "opened_warnings": forms(
        "%(name)s is open; %(n)s warning.", "%(name)s is open; %(n)s warnings."
    ),
    "refused": forms(
        "%(name)s cannot be used: %(n)s finding.", "%(name)s cannot be used: %(n)s findings."
    ),
    "f_place": marked("Sheet"),
    "f_row": marked("Row"),
    "f_column": marked("Column"),
    "f_value": marked("Value found"),
    "f_expected": marked("Should be"),
    "f_mend": marked("How to mend it"),
    "footer": marked(
        "Runs on this machine; nothing is sent anywhere. Assumptions of the case are "
        "listed in the workbook."
    ),
}
"""Places for values are as in every message, ``%(name)s``; the page fills them."""


def words_of_page(language: Language) -> dict[str, str | list[str]]:
    """The words of the page in a language: a text, or those for one and for more.

    A name ``level_X`` is what a level of the region tree is called, ``noun_X`` its regions; a
    level that the language has no word for keeps the name that the case gives it.

    Args:
        language: the reader's.

    >>> from fundpool.languages import language
    >>> words_of_page(language("zh"))["undo"], words_of_page(language("zh"))["level_city"]
    ('撤销', '市级')
    """
    words: dict[str, str | list[str]] = {
        name: language(message) if isinstance(message, str)
        else [language.ngettext(*message, number) for number in (1, 2)]
        for name, message in WORDS.items()
    }  # fmt: skip
    if language.chinese:
        for level in sorted(ENGLISH_NOUNS - {"fund"}):
            title, regions = language(level), language(plural(level))
            if title != level:
                words[f"level_{level}"], words[f"noun_{level}"] = title, regions
    return words
