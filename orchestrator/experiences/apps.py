from django.apps import AppConfig


class ExperiencesConfig(AppConfig):
    name = "orchestrator.experiences"
    label = "experiences"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Withdraw what is deleted, and tell the links how their users are named."""
        # Models can be imported only now.
        from orchestrator.experiences import deletion  # noqa: PLC0415

        deletion.withdraw_on_delete()
        deletion.name_users()
