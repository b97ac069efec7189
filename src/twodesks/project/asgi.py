"""The ASGI entry: everything on one port."""

import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twodesks.project.settings")
django.setup()
application = import_string("twodesks.project.front.application")  # it needs the apps that were just loaded
