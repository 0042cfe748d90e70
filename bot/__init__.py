"""The chat door: turns updates into actions, and rows of the outbox into messages. Decides nothing about a case."""
