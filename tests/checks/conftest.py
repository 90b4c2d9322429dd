"""The sound month with everything in it, made once for all tests of the checks."""

from __future__ import annotations

import pytest

from tests.checks.business import EVERYTHING
from tests.checks.sound import Steps


@pytest.fixture(scope="session")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    folder = tmp_path_factory.mktemp("october")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        return Steps(folder, *EVERYTHING)
