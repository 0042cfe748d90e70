"""The board: a page that shows what was cleared, how fast, and what is overdue."""
