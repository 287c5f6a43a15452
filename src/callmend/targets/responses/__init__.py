"""The Responses API: POST /v1/responses, one request and its answer."""
