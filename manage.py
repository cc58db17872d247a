#!/usr/bin/env python
"""Django's command line for the hub."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.config.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the environment, and says which variable is wrong.
    except ImproperlyConfigured as error:
        sys.exit(f"{error}. docs/operating.md lists what is read; to try things DEBUG=1 is enough.")
    execute_from_command_line(sys.argv)
