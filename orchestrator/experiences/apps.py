from django.apps import AppConfig


class ExperiencesConfig(AppConfig):
    name = "orchestrator.experiences"
    label = "experiences"
    default_auto_field = "django.db.models.BigAutoField"
