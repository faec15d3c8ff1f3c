"""The planners' page: a server on this machine that answers what-ifs from stored coefficients."""
