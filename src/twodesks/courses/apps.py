from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "twodesks.courses"
    label = "courses"
    default_auto_field = "django.db.models.BigAutoField"
