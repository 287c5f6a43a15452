"""Programs that call the dead endpoint as people write them, and what becomes of each.

Each folder beside this file is one shape: `input.<suffix>`, the program, written for this corpus,
and `shape.toml`, what it is and how it is driven::

    title = "Next.js route, id in the path, ladder of guesses"
    kind = "migrate"
    # or "leave" (found, reported, unchanged), "untouched" (unchanged, whether reported or not),
    # "not-mentioned" (no finding at all)
    calls = 1                     # how many calls of dead endpoints must be accounted for at least
    answers = { output_text = "$ANSWER" }   # what the author imagined that the endpoint answers
    project = "proj_test"         # the header OpenAI-Project that has to survive
    reported = ["session_id"]     # what has to be named in the notes, as it has no counterpart

    [dimensions]                  # url, place, body, reading, transport, beta: for the report
    [env]                         # added to the environment that every program gets
    [modules."@/lib/config"]      # what the file imports from the rest of its project

    [[drive]]                     # how it is called; `tests/js/shapes_drivers.mjs` has the drivers
    driver = "next-route"
    body = { message = "Where is my order?" }
    expects = "response.json.reply"     # where the answer has to appear
    match = "equals"              # or "contains"
    message = "Where is my order?"      # the last thing that the user says to the model, or
    message_has = ["order", "en"]       # texts that are in it, where several fields go as JSON
    history = [{ role = "user", content = "Hi" }]
    failure = "Sorry"             # a pattern of the file's own words for a failure at that place

`corpus` reads them, `running` drives them in Node, `judging` says what is right;
`python -m tests.shapes` prints the table.
"""
