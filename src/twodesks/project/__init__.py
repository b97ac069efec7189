"""What is wired together: settings, root addresses, listeners, the servers' entries."""
