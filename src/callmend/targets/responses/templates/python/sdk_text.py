"""A Response whose text is read later: what takes its place is raised where it is made."""


def read():
    if __ENDED__:
        __TEXT__(__RUN__)
