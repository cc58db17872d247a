"""Foreign keys named by text point downwards, as imports do."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def layers() -> dict[str, int]:
    """Each app's height in the linter's own list; siblings share one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {app.strip(): -place for place, row in enumerate(rows) for app in row.split("|")}


def ours(model) -> str | None:
    config = model._meta.app_config
    return config.name.removeprefix("orchestrator.") if config.name.startswith("orchestrator.") else None


def test_no_relation_points_to_a_higher_app():
    height = layers()
    upward = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if ours(model)
        and field.concrete
        and field.is_relation
        and field.related_model
        and ours(field.related_model)
        if height[ours(field.related_model)] > height[ours(model)]
    ]
    assert upward == []


def test_every_folder_of_the_hub_has_its_layer():
    folders = {path.parent.name for path in (ROOT / "orchestrator").glob("*/__init__.py")}
    assert folders == set(layers())
