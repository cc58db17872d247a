from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "orchestrator.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"
