"""How far plans and outputs can be relied on: programs that try to break them, and count (``docs/reliability.md``)."""
