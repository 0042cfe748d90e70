"""How does a phone talk to the gateway? A small JSON API: read events, send, press a button."""
