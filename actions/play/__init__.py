"""A city that lives for show: invented people report and work through the real actions, under a clock of their own.

What it leaves is lawful in every event and marked as play; nobody's phone rings for it.
"""
