"""Reading exports: archives, formats, their markup. No Django, no database: a path in, records out."""
