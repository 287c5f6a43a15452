"""OpenAI's error JSON, and the exceptions that routes raise to answer with it."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response


class ApiError(Exception):
    """An answer that is no success.

    Attributes:
        violation: The request itself is wrong, and the test that sent it should fail.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
        violation: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = headers
        self.violation = violation

    def response(self) -> Response:
        """The error as HTTP: all four keys, as the specification's ErrorResponse demands."""
        error = {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }
        return JSONResponse({"error": error}, status_code=self.status, headers=self.headers)


class DropConnectionError(Exception):
    """Answer with a closed connection."""


class HangError(Exception):
    """Do not answer until the client gives up."""


def wrong(
    message: str, param: str | None = None, code: str | None = None, *, status: int = 400
) -> ApiError:
    """A request that OpenAI refuses, and that a right program does not send."""
    return ApiError(status, message, param=param, code=code, violation=True)


def invalid_url(method: str, path: str) -> ApiError:
    """An unknown route, in the words observed for `POST /v1/workflows/runs`."""
    return ApiError(404, f"Invalid URL ({method} {path})")


def server_error() -> ApiError:
    """OpenAI's own failure."""
    return ApiError(
        500, "The server had an error while processing your request.", kind="server_error"
    )


def unauthorized() -> ApiError:
    """A key that OpenAI does not know."""
    return ApiError(401, "Incorrect API key provided.", code="invalid_api_key")


def rate_limited(retry_after: int) -> ApiError:
    """Too many requests; try again after so many seconds."""
    return ApiError(
        429,
        "Rate limit reached for requests.",
        kind="requests",
        code="rate_limit_exceeded",
        headers={"Retry-After": str(retry_after)},
    )
