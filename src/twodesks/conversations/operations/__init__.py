"""What can be done with conversations, one write a file."""
