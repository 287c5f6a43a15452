"""Assistants API code in TypeScript and JavaScript: its calls, its clients, and what they mean."""
