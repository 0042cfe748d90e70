"""What the operator may change: settings, seed tables, texts. Imports no other package of the project."""
