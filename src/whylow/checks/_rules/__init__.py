"""The checks, one folder to a family of codes, one file to a check."""
