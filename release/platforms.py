"""Platforms that a wheelhouse is made for: wheel tags and what markers of requirements see."""

from dataclasses import dataclass

OLDEST_GLIBC, NEWEST_GLIBC = 5, 28
"""Minor versions of glibc 2 whose wheels run on RHEL 8, Kylin V10, openEuler 20.03 and later."""


@dataclass(frozen=True)
class Platform:
    """A platform.

    Attributes:
        tags: platform tags of wheels that run there.
        markers: values of environment markers (PEP 508) that depend on the platform.
    """

    tags: tuple[str, ...]
    markers: dict[str, str]


def _linux(machine: str) -> Platform:
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)]
    markers = {
        "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux",
        "platform_machine": machine,
    }  # fmt: skip
    older = ("manylinux2010", "manylinux1") if machine == "x86_64" else ()
    tags += [f"{lead}_{machine}" for lead in ("manylinux2014", *older, "linux")]
    return Platform(tuple(tags), markers)


PLATFORMS = {
    "linux-x86_64": _linux("x86_64"),
    "linux-arm64": _linux("aarch64"),
    "windows-x86_64": Platform(
        ("win_amd64",),
        {
            "os_name": "nt", "sys_platform": "win32", "platform_system": "Windows",
            "platform_machine": "AMD64",
        },
    ),
}  # fmt: skip


def markers(platform: Platform, python: str) -> dict[str, str]:
    """What markers see on a platform with CPython of a version such as ``3.11``."""
    return platform.markers | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }
