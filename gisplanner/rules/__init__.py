"""Policy as pure functions: facts in, findings out. Numbers and texts stand in ``profiles/`` and ``standards/``."""
