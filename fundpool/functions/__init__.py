"""What the commands do, as functions of the same names.

``fundpool`` offers them: ``fundpool.project`` is :func:`fundpool.functions.projecting.project`.
"""
