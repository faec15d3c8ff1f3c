"""Digests of source code: which program a run came from, which compiled code still holds."""

import hashlib
import re
from collections.abc import Collection, Iterable
from pathlib import Path


def source_files(
    root: Path, packages: Iterable[str], suffixes: Collection[str] = (".py",)
) -> list[Path]:
    """Source files of packages below ``root``, sorted.

    In a checkout some packages of ``fundpool`` are links, which a search from ``fundpool`` does not
    follow; so they are named themselves.
    """
    files = {
        file
        for package in packages
        for file in (root / package.replace(".", "/")).rglob("*")
        if file.suffix in suffixes and file.is_file()
    }
    return sorted(files)


def files_sha256(root: Path, files: Iterable[Path]) -> str:
    """Digest of files below ``root``, by name and content."""
    lines = []
    for file in files:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{file.relative_to(root).as_posix()} {digest}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def users_and_their_imports(root: Path, packages: Collection[str], module: str) -> list[Path]:
    """Files of the modules that import one module, and of all that these import in turn.

    Imports are read off the text of the files, which is thirty times as fast as to parse them; a
    line of a docstring that looks like an import at worst names a file more.

    Args:
        root: the folder above the packages.
        packages: their full names; imports of others are not followed.
        module: full name of the module.

    Returns:
        the files, sorted.
    """
    files: dict[str, Path] = {}
    for file in source_files(root, packages):
        name_parts = file.relative_to(root).with_suffix("").parts
        files[".".join(name_parts[:-1] if name_parts[-1] == "__init__" else name_parts)] = file
    named = "|".join(map(re.escape, packages))
    line = re.compile(
        rf"^[ \t]*(?:from|import) +((?:{named})\b[\w.]*)(?: +import +(\([^)]*\)|.*))?",
        re.MULTILINE,
    )

    def imported_by(file: Path) -> set[str]:
        names: set[str] = set()
        for place, members in line.findall(file.read_text(encoding="utf-8")):
            packages_of = [place[:i] for i, letter in enumerate(place) if letter == "."]
            names.update(packages_of, [place])  # a package runs before its modules
            names.update(f"{place}.{member}" for member in re.findall(r"\w+", members))
        return names & files.keys()

    imports = {name: imported_by(file) for name, file in files.items()}
    todo = [name for name, imported in imports.items() if module in imported]
    reached = set(todo)
    while todo:
        new = imports[todo.pop()] - reached
        reached |= new
        todo += new
    return sorted(files[name] for name in reached)
