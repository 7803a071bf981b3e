"""How value and bound go with the number of units or of posts."""
