"""What is worked out for the page and kept: cases, projections, answers, jobs."""
