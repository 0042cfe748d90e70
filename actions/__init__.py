"""Every use case, one function each: the only writers, called by every door alike.

An action judges by `models.rules`, writes through `models.store` in one transaction, and gives back a frozen
view. It raises a `Refusal` when the user can act on it.
"""
