"""The door for browsers: layout, Home, and the pages that stand over every app."""
