from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "orchestrator.links"
    label = "links"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard what is used from deletion, and tell what is to be read again when it may have changed."""
        # Models can be imported only now.
        from orchestrator.connections import api as connections  # noqa: PLC0415
        from orchestrator.links import rereading  # noqa: PLC0415
        from orchestrator.links.guards import guard_deletion  # noqa: PLC0415

        guard_deletion()
        connections.tell_what_is_used(
            assets=rereading.links_in_use,
            queries=rereading.collections_in_use,
            sound=rereading.sound_links_in_use,
        )
