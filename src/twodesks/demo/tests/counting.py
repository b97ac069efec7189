"""What there is in the database, to see that nothing was added."""

from django.apps import apps


def counts() -> dict[str, int]:
    """Rows of every table of ours."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("twodesks.")]
    return {model._meta.label: model._default_manager.count() for model in ours}
