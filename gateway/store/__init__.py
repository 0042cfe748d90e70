"""What does the gateway remember? The only SQL of the gateway; a restart loses nothing of it."""
