from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "orchestrator.links"
    label = "links"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard what is used from deletion."""
        # Models can be imported only now.
        from orchestrator.links.guards import guard_deletion  # noqa: PLC0415

        guard_deletion()
