"""What the commands do, as functions of the same names, and the results that they give.

``fundpool`` offers them: ``fundpool.project`` is :func:`fundpool.functions.projecting.project`.
"""
