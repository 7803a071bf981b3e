"""Several plans that differ, what an observer can guess of them, and tonight's, drawn by a secret."""
