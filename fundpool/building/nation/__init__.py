"""China by county, the case for scale: its census units, and the script that derives its tables.

Its tables are too large to be carried along; ``fundpool init DIR --case nation`` derives them.
"""
