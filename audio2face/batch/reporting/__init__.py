"""What a batch tells people: a table of all lines and a page of those that need an eye, the worst first."""
