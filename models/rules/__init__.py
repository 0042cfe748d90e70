"""The law of a case as pure functions and frozen values; standard library only, no I/O, no clock."""
