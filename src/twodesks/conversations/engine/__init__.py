"""Pure code of conversations, without rows."""
