"""Pure Python that every floor may use: actors, operations, problems, Markdown, captions, times."""
