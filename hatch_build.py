"""What a build checks first: that the folders linked into ``fundpool`` are there."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LINKED = ("actuarial", "models", "inputs")


def missing_links(root: Path) -> list[str]:
    """Folders of ``fundpool`` that should be there, as links or as copies, and are not."""
    folders = [root / "fundpool" / name for name in LINKED]
    return [f"fundpool/{folder.name}" for folder in folders if not folder.is_dir()]


class LinkedFolders(BuildHookInterface):  # type: ignore[type-arg]
    """Stops a build that would leave half of the package out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Check before anything is written.

        Raises:
            RuntimeError: the checkout has no symbolic links.
        """
        missing = missing_links(Path(self.root))
        if missing:
            raise RuntimeError(
                f"{', '.join(missing)} should be symbolic links to the folders beside fundpool/, "
                "but this checkout has none: clone again with 'git clone -c core.symlinks=true' "
                "(on Windows allow symbolic links first: Settings, For developers, Developer Mode)."
            )
