from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "twodesks.project"
    label = "project"

    def ready(self) -> None:
        # Listeners can only be named once every app is loaded.
        from twodesks.project.wiring import wire  # noqa: PLC0415

        wire()
