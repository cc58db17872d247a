"""Which real systems are asked for, and one of each, running.

``REAL_SYSTEMS`` names them (``make real-test`` sets it). Tests of others are not run; a system that is
named and not installed, or not tested, is a failure. Without the variable no such test runs.
"""

import os
import tempfile
from pathlib import Path

import pytest

from tests.real.suite import RealSuite
from tests.real.systems import SYSTEMS, Running, cache_folder

_FIXTURE = "running"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that is of no one system is of each."""
    if _FIXTURE in metafunc.fixturenames and getattr(metafunc.cls, "system", None) is None:
        metafunc.parametrize("system_name", sorted(SYSTEMS))


@pytest.hookimpl(tryfirst=True)  # Before xdist reads which tests belong together.
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a real system, and keep what is asked for."""
    asked = os.environ.get("REAL_SYSTEMS", "").split()
    of_systems = {item: name for item in items if (name := _system_of(item))}
    for item, name in of_systems.items():
        item.add_marker(pytest.mark.real)
        item.add_marker(pytest.mark.xdist_group(name))
        if isinstance(suite := getattr(item, "cls", None), type) and issubclass(suite, RealSuite):
            item.user_properties.append(("suite", suite.described()))
    dropped = [item for item, name in of_systems.items() if name not in asked]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]
    items.sort(key=lambda item: of_systems.get(item, ""))  # One system after the other.
    if of_systems and (missing := set(asked) - set(of_systems.values())):
        raise pytest.UsageError(f"no test of {', '.join(sorted(missing))}; there are {', '.join(SYSTEMS)}")


def _system_of(item: pytest.Item) -> str | None:
    if _FIXTURE not in getattr(item, "fixturenames", ()):
        return None
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return params.get("system_name") or getattr(item, "cls", None).system


@pytest.fixture(scope="session")
def _one_at_a_time():
    """Gives the system of a name, running; the one before it ends."""
    current: dict[str, Running | Exception] = {}

    def end() -> None:
        for running in current.values():
            if isinstance(running, Running):
                running.kill()
        current.clear()

    with tempfile.TemporaryDirectory(prefix="onevoice-real-", ignore_cleanup_errors=True) as folder:

        def running(name: str) -> Running:
            if name not in current:
                end()
                try:
                    current[name] = SYSTEMS[name].start(Path(folder), cache=cache_folder())
                except (RuntimeError, OSError) as error:
                    current[name] = error  # So that not every test waits for it anew.
            if isinstance(there := current[name], Exception):
                raise there
            return there

        yield running
        end()


@pytest.fixture
def system_name(request: pytest.FixtureRequest) -> str:
    """The system of a test class."""
    return request.cls.system


@pytest.fixture
def running(_one_at_a_time, system_name: str, request: pytest.FixtureRequest) -> Running:
    """The system of this test, running. What a test changes there it puts right again."""
    there = _one_at_a_time(system_name)
    request.node.user_properties.append(("version", there.version))
    return there
