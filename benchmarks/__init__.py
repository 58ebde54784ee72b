"""How fast the pages are: `make bench`. Nothing of the portal imports this."""
