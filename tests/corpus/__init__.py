"""Files as people have them and as attackers make them, each with what must come of it."""
