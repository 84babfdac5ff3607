"""How the table of this app came about."""
