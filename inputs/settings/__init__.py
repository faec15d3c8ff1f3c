"""What ``case.toml`` and the scheme files declare: parameters, sections, scenarios, schemes."""
