"""What other rooms' pages show of a plan."""
