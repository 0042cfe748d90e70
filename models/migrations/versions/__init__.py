"""One step a file; each can be undone or says why not."""
