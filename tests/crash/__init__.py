"""The crash suite: real processes killed, frozen and cut off while they send, on a real database: `make crash`."""
