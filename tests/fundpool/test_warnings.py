"""Warnings under a command: a sentence each, without a line of source; none with ``--quiet``."""

import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from fundpool.__main__ import main
from fundpool.inputs.format.findings import Finding

CHILD = "import warnings; warnings.warn('from a child')"


def warned(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> tuple[str, str]:
    """What ``fundpool check`` prints if warnings come up while it works."""

    def checking(_name: str) -> tuple[Finding, ...]:
        warnings.warn("a value\n  was rounded", RuntimeWarning, stacklevel=1)
        logging.getLogger("a.library").warning("a library is worried")
        subprocess.run([sys.executable, "-c", CHILD], check=True)
        return ()

    monkeypatch.setattr("fundpool.models.calibration.checking.check_case", checking)
    monkeypatch.setattr(sys, "argv", ["fundpool", "check", *words])
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        with pytest.raises(SystemExit) as end:
            main()
    assert not end.value.code
    return capfd.readouterr()


def test_a_warning_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PYTHONWARNINGS", raising=False)
    shown = warnings.showwarning
    out, err = warned(["any"], monkeypatch, capfd)
    assert out == ""
    assert "fundpool: a value was rounded\n" in err
    assert "any: nothing to mend." in err
    assert "RuntimeWarning" not in err
    assert Path(__file__).name not in err
    assert "from a child" not in err
    # and nothing of it stays when the command has ended
    assert warnings.showwarning is shown
    assert "PYTHONWARNINGS" not in os.environ
    assert not logging.root.manager.disable


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert warned(["any", "--quiet"], monkeypatch, capfd) == ("", "")
