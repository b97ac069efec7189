"""Where each figure in the README comes from. Run one with `make bench-NAME`."""
