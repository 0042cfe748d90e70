"""Where things are: datum, boundaries, fix to place, words to place."""
