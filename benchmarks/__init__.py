"""How long it takes: whole commands as typed, and the engine beside a general-purpose solver."""
