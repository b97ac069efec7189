"""The command `twodesks`: run, work, look after, search, import, capture."""
