"""Requests in Python that are built first and sent by another call: `client.send(request)`."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.flow import Flow
from callmend.languages.python.scopes import Definition

#: What builds a request that is sent later: httpx's method, and the class of requests.
BUILDERS = frozenset({"build_request", "Request"})
_MOST_STEPS = 6


def sent_by(flow: Flow, call: cst.Call) -> cst.Call | None:
    """The one call that sends what a call builds, which nothing else reads; None without one.

    The request may be prepared on its way, by itself or by the session.
    """
    tree = flow.tree
    node: cst.CSTNode = call
    for _ in range(_MOST_STEPS):
        parent = tree.parent(node)
        around = None if parent is None else tree.parent(parent)
        if isinstance(parent, cst.Arg) and isinstance(around, cst.Call):
            method = around.func.attr.value if isinstance(around.func, cst.Attribute) else ""
            first = parent.keyword is None and not parent.star and around.args[0] is parent
            if method == "send" and first:
                return around
            if method != "prepare_request" or len(around.args) != 1:
                return None
            node = around
        elif isinstance(parent, cst.Attribute) and isinstance(around, cst.Call):
            if parent.attr.value != "prepare" or around.args or around.func is not parent:
                return None
            node = around
        elif isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target = parent.targets[0].target
            if not isinstance(target, cst.Name):
                return None
            mine, maybe = flow.uses(Definition(target.value, parent, parent.value))
            if len(mine) != 1 or maybe:
                return None
            node = mine[0]
        else:
            return None
    return None
