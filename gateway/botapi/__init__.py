"""How does a bot talk to the gateway? The Telegram Bot API in Telegram's own words and shapes."""
