"""How rows are read: statements that are made once, and conditions that Django has no words for."""
