"""Words of optimised rates, of what can be taken away, and of opening a case."""

from fundpool.languages.wording import forms, marked

TAKING: dict[str, str | tuple[str, str]] = {
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
    "assumptions": marked("All assumptions"),
    "assumptions_note": marked(
        "Those that move the level rate most stand first. A new value changes B as --set does: "
        "from the first projected year for rules and participation, else throughout; the plan is "
        "projected anew. Weight: half the change of the level rate over the range, per cent of it. "
        "Names, sources and notes are texts of the case."
    ),
    "assumptions_list": marked("Search, read and change them"),
    "assumptions_count": marked("%(n)s of %(all)s shown"),
    "search": marked("Search"),
    "mark": marked("Mark"),
    "mark_all": marked("all marks"),
    "mark_published": marked("published"),
    "mark_derived": marked("derived"),
    "mark_assumed": marked("assumed"),
    "mark_changed": marked("changed in this plan"),
    "assumption": marked("Assumption"),
    "value_now": marked("In the case"),
    "value_plan": marked("In this plan"),
    "value_range": marked("Range and its source"),
    "value_weight": marked("Weight"),
    "value_source": marked("Source"),
    "value_new": marked("Another value for %(path)s"),
    "value_same": marked("That is the value of the case: nothing changes."),
    "value_outside": marked("%(path)s is outside the range that is thought likely: %(range)s."),
    "values_changed": forms(
        "%(n)s assumption is changed in this plan.", "%(n)s assumptions are changed in this plan."
    ),
    "values_idle": marked(
        "The changed assumptions have no effect: every projected flow is as it was without them."
    ),
    "years_listed": forms("%(n)s year has its own", "%(n)s years have their own"),
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
