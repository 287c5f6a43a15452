"""The Assistants API v2: POST /v1/threads/runs, polling, then the messages."""
