"""The board, the API and the webhook: a door that reads, and writes only through actions."""
