"""One check to a file; each finding's docstring is the page of its check."""
