"""What can be done about notifications, one write a file."""
