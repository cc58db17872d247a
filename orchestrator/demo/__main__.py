"""``make demo``: the surroundings of the demo, then ``manage.py demo`` in them.

Django reads its settings from the environment once, so the environment is made here, before it loads.
Keys and passwords are made once and kept in ``DEMO_DIR``, readable by their owner only; nothing of
them is in the code. The demo listens on loopback only.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from orchestrator.demo.systems.__main__ import VARIABLES

# The demo has a database, a cache and a queue of its own, whatever the shell has set for another hub.
_NOT_INHERITED = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "STATIC_ROOT", "DEBUG")


def prepare() -> dict[str, str]:
    """The environment that ``PORT``, ``DEMO_SYSTEMS_PORT`` and ``DEMO_DIR`` ask for.

    Raises:
        ValueError: One of them is no port.
        OSError: The folder cannot be written.
    """
    folder = Path(os.environ.get("DEMO_DIR") or "var/demo").resolve()
    return surroundings(folder, port=_port("PORT", 8000), systems_port=_port("DEMO_SYSTEMS_PORT", 8801))


def surroundings(folder: Path, *, port: int, systems_port: int) -> dict[str, str]:
    """The environment of the demo in ``folder``."""
    # It holds a key and a password; what is there already stays as open as its owner made it.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    systems = f"http://127.0.0.1:{systems_port}"
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return {
        **inherited,
        **kept_secrets(folder / "secrets.json"),
        "DJANGO_SETTINGS_MODULE": "orchestrator.config.settings",
        "DATA_DIR": str(folder / "data"),
        "DEMO_DIR": str(folder),
        "PORT": str(port),
        "DEMO_SYSTEMS_PORT": str(systems_port),
        "DEMO_SYSTEMS_URL": systems,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "OUTBOUND_ALLOWED_HOSTS": f"127.0.0.1:{systems_port}",
    }


def kept_secrets(file: Path) -> dict[str, str]:
    """What this demo's folder holds; made on its first start."""
    if file.exists():
        return json.loads(file.read_text(encoding="utf-8"))
    made = {name: _fresh(name) for name in (*VARIABLES, "SECRET_KEY", "SECRETS_KEYS", "DEMO_PASSWORD")}
    made["DEMO_APP_KEY"] = f"ov_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    half_written = file.with_suffix(".new")
    half_written.touch(mode=0o600)
    half_written.write_text(json.dumps(made, indent=2), encoding="utf-8")
    half_written.rename(file)
    return made


def _fresh(name: str) -> str:
    if name == "DEMO_SOCIAL_HOOK_SECRET":
        return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    return secrets.token_urlsafe(9 if name == "DEMO_PASSWORD" else 40)


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"{name} must be a port number, not {text!r}")
    return int(text)


if __name__ == "__main__":
    try:
        environment = prepare()
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    os.execve(sys.executable, [sys.executable, "-m", "django", "demo"], environment)  # noqa: S606
