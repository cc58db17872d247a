from django.core.management.base import BaseCommand

from orchestrator.experiences.recompiling import recompile


class Command(BaseCommand):
    help = "Compiles everything that is published again, for instance after a change of the plan's format."

    def handle(self, **_options) -> None:
        done = recompile()
        self.stdout.write(f"{done.compiled} compiled, {done.changed} of them changed")
