"""Words of the form and of what happens at its controls."""

from fundpool.languages.wording import marked

CONTROLS: dict[str, str | tuple[str, str]] = {
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
    "stress": marked("Stress"),
    "stress_note": marked(
        "One at a time, laid over A, B and every pinned plan; the report's own definitions."
    ),
    "stress_off": marked("Take it off"),
    "stressed": marked("All plans shown are under stress: %(stress)s."),
    "stress_caption": marked("Under stress: %(stress)s"),
    "high_cost": marked("Joint high cost"),
    "low_cost": marked("Joint low cost"),
    "high_cost_about": marked(
        "Every main assumption of the sensitivity table moved at once by its step, each to the "
        "side that leaves funds with less money."
    ),
    "low_cost_about": marked(
        "Every main assumption of the sensitivity table moved at once by its step, each to the "
        "side that leaves funds with more money."
    ),
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
    "job_reverse": marked("Reverse stress"),
    "waiting": marked("waiting for its turn"),
    "cancelled": marked("Cancelled."),
}
