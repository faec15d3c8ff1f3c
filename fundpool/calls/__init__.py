"""What a command and the function of its name share: arguments checked, plans asked for, results.

The command line (:mod:`fundpool.cli`) and :mod:`fundpool.functions` both import from here, and the
functions from the command line; nothing here imports from either.
"""
