"""Pure code of routing: the reason that is given for naming somebody."""
