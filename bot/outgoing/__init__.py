"""The way out: rows of the outbox become messages of the channel. Workers come in here and nowhere else in bot.

Nothing is imported here: the child that draws pictures pays for all that a package brings.
"""
