"""Pure code of people: whether somebody may be asked now."""
