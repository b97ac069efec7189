"""Programs for the people who build Twodesks."""
