"""Who listens to which statement: the one list. Low floors record, high floors listen, nobody imports upwards."""


def wire() -> None:
    """Register every listener. Called once, when all apps are loaded."""
