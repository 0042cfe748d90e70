"""Which messaging channel does a city run when Telegram is not reachable?

A server of our own that speaks the Telegram Bot API to bots and a small JSON API to phones.
It must not import anything of the rest of the project.
"""
