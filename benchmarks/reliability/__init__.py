"""How `patrol` stands hostile files, crashes and chance: what is tried, what came of it."""
