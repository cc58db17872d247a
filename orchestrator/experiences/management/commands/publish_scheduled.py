"""Takes the place of Wagtail's command of the same name."""

from django.core.management.base import BaseCommand

from orchestrator.experiences.scheduling import publish_due


class Command(BaseCommand):
    help = "Publishes what is due and takes off what has expired. The scheduler does this by itself."

    def handle(self, **_options) -> None:
        run = publish_due()
        for title in run.expired:
            self.stdout.write(f"expired: {title}")
        for title in run.published:
            self.stdout.write(f"published: {title}")
        for title, reasons in run.refused.items():
            self.stderr.write(f"refused: {title}: {' '.join(reasons)}")
