"""What runs the processes: the data directory, the embedded PostgreSQL, the supervisor. No Django, no application code."""
