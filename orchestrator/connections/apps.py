from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "orchestrator.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from orchestrator.connections import checks  # noqa: F401, PLC0415 - registers the checks.
