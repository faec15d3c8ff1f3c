"""Words of what a plan leads to: headline, charts, maps and tables."""

from fundpool.languages.wording import forms, marked
from fundpool.models.analysis.places import TITLES

RESULTS: dict[str, str | tuple[str, str]] = {
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
    "year_shown": marked("Year shown"),
    "all_years": marked("all years"),
    "c_dry_then": marked("has run dry by %(year)s"),
    "c_below_then": marked("holds, below target at the end of %(year)s"),
    "c_target_then": marked("holds, at target at the end of %(year)s"),
    "reserve_then": marked("Reserve at the end of %(year)s, months"),
    "closing_then": marked("Balance at the end of %(year)s"),
    "rates_axis_then": marked("Rate that pays the outgo of %(year)s, %% of the contribution base"),
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
    "needed_title": marked("What rate or premium by when"),
    "needed_who": marked(
        "The smallest change of the lever with which %(who)s stays above zero in every year to the "
        "one chosen, all else as in this plan. Follow a place to ask for its fund alone."
    ),
    "every_fund": marked("every fund of the plan"),
    "needed_until": marked("Until the end of"),
    "needed_share": marked("with a probability of"),
    "needed_now": marked("Work it out"),
    "needed_take": marked("Set the lever so"),
    "needed_answer": marked(
        "%(lever)s: with it, %(who)s (%(scheme)s) stays above zero to %(until)s in %(reached)s of "
        "%(n)s scenarios; under this plan as it is, in %(now)s."
    ),
    "needed_none": marked(
        "%(lever)s: no value that can be set keeps %(who)s (%(scheme)s) above zero to %(until)s in "
        "%(share)s of %(n)s scenarios; the highest reaches %(reached)s, this plan %(now)s."
    ),
    "needed_answer_central": marked(
        "%(lever)s: with it, %(who)s (%(scheme)s) stays above zero to %(until)s on the central "
        "path."
    ),
    "needed_none_central": marked(
        "%(lever)s: no value that can be set keeps %(who)s (%(scheme)s) above zero to %(until)s on "
        "the central path."
    ),
    "emptied_title": marked("What would empty a fund"),
    "emptied_note": marked(
        "The smallest joint move of wages, prices, interest, morbidity, moving and enrolment that "
        "empties the fund of the place followed (else the first funds to be emptied), in standard "
        "deviations: of all paths that empty it the likeliest (reverse stress)."
    ),
    "emptied_now": marked("What would empty this fund?"),
    "emptied_first": marked(
        "%(n)s of %(all)s funds are empty on the central path of this plan; of the others, those "
        "that the smallest moves empty:"
    ),
    "emptied_answer": marked(
        "%(fund)s: emptied by a joint move of %(move)s standard deviations; means over the years, "
        "each in its own standard deviations: %(drivers)s."
    ),
    "emptied_already": marked(
        "%(fund)s: empty on the central path of this plan; no move is needed."
    ),
    "emptied_never": marked(
        "%(fund)s: no joint move of up to %(most)s standard deviations empties it."
    ),
    "emptied_rough": marked("A shorter move may do: the search did not close in on it."),
    "joint": marked(", "),
    "driver_wage_growth": marked("wages"),
    "driver_medical_inflation": marked("medical prices"),
    "driver_interest": marked("interest"),
    "driver_morbidity": marked("morbidity"),
    "driver_mobility": marked("moving"),
    "driver_participation": marked("enrolment"),
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
    "counties_table": marked("All %(regions)s, those worst off under the plan first"),
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
}
