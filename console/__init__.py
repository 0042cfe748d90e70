"""The commands of `whistle`, one file a group. Each imports what it needs when it runs: help is instant."""
