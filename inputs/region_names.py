"""Names of regions that cannot be confused."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def region_names(
    table: "pd.DataFrame", column: str = "name", joined: str = "%(name)s (%(parent)s)"
) -> dict[str, str]:
    """Name of every region by its code; regions of one level and name with that of their parent.

    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "region": ["1", "2", "11", "21"], "name": ["Ash", "Birch", "Old Town", "Old Town"],
    ...     "level": ["city", "city", "county", "county"], "parent": ["", "", "1", "2"],
    ... })
    >>> region_names(table)["21"]
    'Old Town (Birch)'

    Args:
        table: of regions.
        column: that holds the names.
        joined: how a name and that of the parent are written together.
    """
    plain = {
        str(code): str(name) for code, name in zip(table["region"], table[column], strict=True)
    }
    repeated = table.duplicated(["level", column], keep=False)
    names = dict(plain)
    for code, parent in table.loc[repeated, ["region", "parent"]].itertuples(index=False):
        if plain[code] and plain.get(parent):
            names[code] = joined % {"name": plain[code], "parent": plain[parent]}
    return names
