"""What runs the processes: the data directory, the embedded PostgreSQL, the supervisor. No application code."""
