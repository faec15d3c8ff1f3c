"""What the docstrings of this project have that the makers of the API pages do not know.

``zensical.toml`` names this file as an extension of griffe, which reads the docstrings.
"""

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:func|class|meth|mod|attr):`([^`]+)`")
"""A name that a docstring refers to: only the name is shown."""

EXAMPLE = re.compile(r"^>>> .*\n?(?:.+\n?)*", re.MULTILINE)
"""An example: from a prompt to an empty line."""

OPTION = re.compile(r"\s*# doctest: .*")


class Docstrings(griffe.Extension):
    """Rewrites docstrings before they are parsed."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Show names as code, and examples as blocks of code."""
        if obj.docstring:
            text = ROLE.sub(r"`\1`", obj.docstring.value)
            obj.docstring.value = EXAMPLE.sub(_block, text)


def _block(example: re.Match[str]) -> str:
    return f"```pycon\n{OPTION.sub('', example[0]).rstrip()}\n```\n"
