"""The population's year in one compiled pass over memory.

``in_place`` runs ``year`` over chunks of homes side by side; its pieces are in ``people`` and
``holdings``; ``blocks`` and ``vectors`` work on cells in groups of the processor's width (``plain``
says what ``vectors`` compute); ``count`` counts a population.
"""
