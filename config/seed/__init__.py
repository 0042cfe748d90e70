"""The seed tables of the city, and their reader."""
