"""callmend rewrites calls to OpenAI endpoints that never existed or no longer answer."""
