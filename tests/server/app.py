"""The ASGI application: the routes, and what goes with every request."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.server import assistants, chat, conversation_items, responses
from tests.server.call import Call, Family, HtmlError, Service
from tests.server.errors import ApiError, DropConnectionError, HangError, invalid_url
from tests.server.recording import RecordedRequest, Violation
from tests.server.sse import gone

Handler = Callable[[Call], ASGIApp]

_RUN = "/v1/threads/{thread}/runs/{run}"
_ASSISTANTS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v1/threads/runs", assistants.create_thread_and_run),
    ("POST", "/v1/threads", assistants.create_thread),
    ("DELETE", "/v1/threads/{thread}", assistants.delete_thread),
    ("POST", "/v1/threads/{thread}/messages", assistants.create_message),
    ("GET", "/v1/threads/{thread}/messages", assistants.list_messages),
    ("POST", "/v1/threads/{thread}/runs", assistants.create_run),
    ("GET", _RUN, assistants.get_run),
    ("POST", f"{_RUN}/cancel", assistants.cancel_run),
    ("POST", f"{_RUN}/submit_tool_outputs", assistants.submit_tool_outputs),
)
_OTHERS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v1/responses", responses.create_response),
    ("GET", "/v1/responses/{response}", responses.get_response),
    ("POST", "/v1/responses/{response}/cancel", responses.cancel_response),
    ("POST", "/v1/conversations", responses.create_conversation),
    ("GET", "/v1/conversations/{conversation}", responses.get_conversation),
    ("DELETE", "/v1/conversations/{conversation}", responses.delete_conversation),
    ("GET", "/v1/conversations/{conversation}/items", conversation_items.list_items),
    ("POST", "/v1/conversations/{conversation}/items", conversation_items.create_items),
    ("POST", "/v1/chat/completions", chat.create_completion),
)


def _dropped(service: Service) -> ASGIApp:
    """Answers with a closed connection."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        service.drop(scope)
        await gone(receive)

    return answer


async def _hang(scope: Scope, receive: Receive, send: Send) -> None:
    await gone(receive)


async def _recorded(service: Service, request: Request) -> RecordedRequest:
    recorded = RecordedRequest(
        request.method,
        request.url.path,
        dict(request.query_params),
        dict(request.headers),
        await request.body(),
    )
    service.recorder.requests.append(recorded)
    return recorded


def _answer(service: Service, call: Call, handler: Handler, family: Family) -> ASGIApp:
    request = call.request
    if family is Family.ASSISTANTS and service.control.assistants_gone:
        return invalid_url(request.method, request.path).response()
    try:
        call.check_headers(family)
        return handler(call)
    except ApiError as error:
        if error.violation:
            details = getattr(error, "details", ())
            violation = Violation(request, error.message, error.param, details)
            service.recorder.violations.append(violation)
        return error.response()
    except DropConnectionError:
        return _dropped(service)
    except HangError:
        return _hang
    except HtmlError as error:
        return HTMLResponse(error.page, 502)
    except Exception as error:  # noqa: BLE001 - a fault of this server must not look like OpenAI's
        details = tuple(traceback.format_exception(error)[-3:])
        fault = Violation(request, f"the test server itself failed: {error!r}", None, details)
        service.recorder.violations.append(fault)
        return ApiError(500, fault.message, kind="test_server_fault").response()


def make_app(service: Service) -> ASGIApp:
    """The application of a service.

    Args:
        service: What the test chooses and reads back, and the server's memory.
    """

    def endpoint(handler: Handler, family: Family) -> Callable[[Request], Awaitable[ASGIApp]]:
        async def answer(request: Request) -> ASGIApp:
            recorded = await _recorded(service, request)
            call = Call(service, recorded, dict(request.path_params))
            return _answer(service, call, handler, family)

        return answer

    async def unknown(request: Request, _: Exception) -> Response:
        recorded = await _recorded(service, request)
        return invalid_url(recorded.method, recorded.path).response()

    tables = ((_ASSISTANTS, Family.ASSISTANTS), (_OTHERS, Family.OTHER))
    routes = [
        Route(path, endpoint(handler, family), methods=[method])
        for table, family in tables
        for method, path, handler in table
    ]
    # In life the preflight of every route is answered, with any origin and these headers.
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["*"],
    )
    app = Starlette(
        routes=routes, middleware=[cors], exception_handlers={404: unknown, 405: unknown}
    )
    # A path with a slash too many is unknown; it is not sent elsewhere.
    app.router.redirect_slashes = False
    return app
