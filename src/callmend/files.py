"""Which files to look at: named ones, git's, or those of a walk, and of these the ones that match.

The rules, in the order in which they bind:

- A file that is named is looked at, whatever its suffix and whatever ignores or excludes it.
- A folder in a git work tree: what git tracks plus what it does not ignore, read from the disk.
  Left out are `node_modules` below the folder, symbolic links, submodules and other repositories
  in the tree, and files that are tracked but not there (deleted, sparse checkout).
- Any other folder, and one that git cannot list: a walk that honours .gitignore files and leaves
  out `ignores.SKIPPED_FOLDERS` and symbolic links.
- A folder that is itself ignored by git and is named is walked as if it were not.
- Of the files found in folders, those with one of the suffixes (in any case) that pass the globs.

Symbolic links in names are resolved, so that each file has one name, the one a patch applies to.
"""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from callmend import bytesearch, gitfiles
from callmend.records import record

repository_root = gitfiles.repository_root

#: How the names of the files begin that `fix` makes for a moment; see `leftovers`.
LEFTOVER_MARK = b".callmend-"

_NO_FILE = "is not a regular file"


@record(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another: size in bytes, time of change in ns."""

    dev: int
    ino: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file with this status."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@record(frozen=True, slots=True)
class Candidate:
    """A file whose bytes passed the search.

    ``path`` is relative to the current directory when the file is below it, else absolute.
    ``data`` is the whole file. ``stamp`` was taken from the open file before the bytes were, so
    that a change since then shows.
    """

    path: str
    data: bytes
    stamp: Stamp


@record(frozen=True, slots=True)
class Unreadable:
    """A file or folder that should have been looked at but could not be read, and why.

    ``named`` says that it was named, rather than found in a folder that was.
    """

    path: str
    message: str
    named: bool


@record(frozen=True, slots=True)
class Listing:
    """What was found; both lists are sorted by path and name no file twice.

    ``looked_at`` counts the files whose bytes were searched. ``notes`` are remarks for people: a
    folder that git could not list, say. ``leftovers`` are absolute paths in the folders looked
    into that bear `LEFTOVER_MARK`; ignored ones may be missing.
    """

    candidates: tuple[Candidate, ...]
    unreadable: tuple[Unreadable, ...]
    looked_at: int
    notes: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()


def find_candidates(
    paths: Sequence[str],
    *,
    suffixes: frozenset[str],
    needles: Sequence[tuple[bytes, ...]],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
    ahead: Ahead | None = None,
) -> Listing:
    """The files at and below the paths (none: the current directory) that hold the needles.

    A file holds the needles when ALL byte strings of ANY tuple occur in it. include and exclude
    are gitignore-style globs relative to the current directory, for files found in folders.
    progress is called with the files done and the files known of, every few hundred. ahead is a
    search that was begun before, which is used if it is the same.

    Raises:
        OSError: the current directory is gone.
    """
    finder = _Finder(suffixes, needles, include, exclude, progress, ahead)
    return finder.find(paths or (".",))


class Ahead:
    """The search of the current directory, begun before it is known to be wanted.

    git lists the files, and a second process searches those that it tracks, while this one imports
    the command line. Where that cannot be, nothing is begun. Stop it, whether it was used or not.
    """

    def __init__(self) -> None:
        self.listing: gitfiles.Listing | None = None
        self.search: bytesearch.Search | None = None
        self._sought: object = None
        with suppress(OSError, gitfiles.GitError):
            here = os.path.realpath(os.getcwd())
            if repository_root(here) is not None:
                self.listing = gitfiles.Listing(here)

    def begin(self, suffixes: frozenset[str], needles: Sequence[tuple[bytes, ...]]) -> None:
        """Search the files that git tracks, as soon as it has listed them."""
        if self.listing is None:
            return
        try:
            names = _with_suffix(_names(self.listing.tracked()), suffixes)
            self.search = bytesearch.Search(names, bytesearch.Needles(needles))
            self._sought = suffixes, tuple(needles)
        except (OSError, gitfiles.GitError):  # it is met again, and told, by the run itself
            self.stop()

    def taken(
        self, root: str, suffixes: frozenset[str], needles: Sequence[tuple[bytes, ...]]
    ) -> tuple[gitfiles.Listing | None, bytesearch.Search | None]:
        """The listing and the search, given once, if they are those of this folder and for this."""
        if self.listing is None or self.search is None or self.listing.root != root:
            return None, None
        if self._sought != (suffixes, tuple(needles)) or repository_root(root) is None:
            return None, None
        given = self.listing, self.search
        self.listing = self.search = None
        return given

    def stop(self) -> None:
        """End what was begun and not taken."""
        if self.listing is not None:
            self.listing.stop()
        if self.search is not None:
            self.search.stop()
        self.listing = self.search = None


class _Finder:
    """One run of `find_candidates`."""

    def __init__(
        self,
        suffixes: frozenset[str],
        needles: Sequence[tuple[bytes, ...]],
        include: Sequence[str],
        exclude: Sequence[str],
        progress: Callable[[int, int], None] | None,
        ahead: Ahead | None,
    ) -> None:
        self._suffixes = suffixes
        self._sought = needles
        self._needles = bytesearch.Needles(needles)
        self._progress = progress
        self._here = os.getcwd()
        self._candidates: dict[str, Candidate] = {}
        self._unreadable: dict[str, Unreadable] = {}
        self._notes: list[str] = []
        self._leftovers: list[str] = []
        self._looked_at = 0
        self._seen: set[bytes] | None = None
        self._ahead = ahead
        self._passes: Callable[[bytes], bool] | None = None
        if include or exclude:
            from callmend.ignores import globs  # noqa: PLC0415 - most runs have no globs

            self._passes = globs(include, exclude)

    def find(self, paths: Sequence[str]) -> Listing:
        """Look at all of the paths."""
        if len(paths) > 1:
            self._seen = set()  # a file may lie on several of the paths
        folders = []
        for path in paths:
            try:
                mode = os.stat(path).st_mode
            except OSError as error:
                self._fail(path, error.strerror, named=True)
                continue
            if stat.S_ISDIR(mode):
                folders.append(path)
            elif not stat.S_ISREG(mode):  # not even opened: that alone may wait, or do something
                self._fail(path, _NO_FILE, named=True)
            elif self._unseen([os.fsencode(shown := self._shown(path))]):
                self._looked_at += self._take(shown, named=path)
        # after the files, so that a named one in one of the folders counts as named
        for path in dict.fromkeys(folders):
            self._look_into(path)
        return Listing(
            tuple(self._candidates[path] for path in sorted(self._candidates)),
            tuple(self._unreadable[path] for path in sorted(self._unreadable)),
            self._looked_at,
            tuple(self._notes),
            tuple(self._leftovers),
        )

    def _look_into(self, path: str) -> None:
        """Look at the files below a folder."""
        root = os.path.realpath(path)
        here = os.fsencode(self._here.rstrip("/") + "/")
        prefix = b"" if root == self._here else os.fsencode(root.rstrip("/") + "/")
        listing, begun = None, None
        # a search that was begun before is of all files
        if self._ahead is not None and self._seen is None and self._passes is None:
            listing, begun = self._ahead.taken(root, self._suffixes, self._sought)
        try:
            for listed in self._below(path, root, listing):
                if begun is not None:
                    closer, looked = begun.finish(self._progress and self._tell)
                    begun.stop()
                    begun = None
                else:
                    names = _with_suffix(listed, self._suffixes)
                    if prefix:
                        names = [(prefix + name).removeprefix(here) for name in names]
                    names = self._unseen(names)
                    if self._passes is not None:
                        names = [name for name in names if self._passes(self._from_here(name))]
                    tell = self._progress and self._tell
                    closer, looked = bytesearch.search(names, self._needles, tell)
                self._looked_at += looked
                for name in closer:
                    self._take(os.fsdecode(name), named=None)
        finally:
            if begun is not None:
                begun.stop()

    def _tell(self, done: int, of: int) -> None:
        """Tell the progress of a search that is one of several."""
        if self._progress is not None:
            self._progress(self._looked_at + done, self._looked_at + of)

    def _below(self, path: str, root: str, begun: gitfiles.Listing | None) -> Iterator[list[bytes]]:
        """The files below a folder in one or more lists, relative to it; root is its real path."""
        top = repository_root(root)
        if top is not None:
            given: list[list[bytes]] = []
            try:
                warn = functools.partial(self._fail_below, path)
                for listed in gitfiles.listed(root, warn, begun):
                    given.append(_names(listed))
                    if LEFTOVER_MARK in listed:
                        self._keep_leftovers(root, given[-1])
                    yield given[-1]
                if any(given) or root == top or not gitfiles.is_ignored(root):
                    return
                top = None  # the rules above it would hide all of it
            except gitfiles.GitError as error:
                self._notes.append(f"{path}: {error}; walked instead")
                known = {name for names in given for name in names}
                yield [name for name in self._walk(path, root, top) if name not in known]
                return
        yield self._walk(path, root, top)

    def _walk(self, path: str, root: str, top: str | None) -> list[bytes]:
        from callmend import ignores  # noqa: PLC0415 - not needed where git lists the files

        folder = os.fsencode(root)
        rules = (
            ignores.IgnoreRules() if top is None else ignores.rules_above(os.fsencode(top), folder)
        )
        names = ignores.walk(
            folder, rules, lambda name, error: self._fail_below(path, name, error.strerror)
        )
        self._keep_leftovers(root, names)
        return names

    def _keep_leftovers(self, root: str, names: list[bytes]) -> None:
        self._leftovers += [
            os.path.join(root, os.fsdecode(name))
            for name in names
            if LEFTOVER_MARK in name and os.path.basename(name).startswith(LEFTOVER_MARK)
        ]

    def _take(self, shown: str, *, named: str | None) -> bool:
        """Read a file that the search wants a closer look at, or that was named (so).

        Whether its bytes were searched.
        """
        try:
            descriptor = os.open(shown, bytesearch.OPEN_FLAGS)
        except OSError as error:
            if named is not None or error.errno not in bytesearch.ABSENT:
                self._fail(named or shown, error.strerror, named=named is not None)
            return False
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                # found: a submodule, or a folder where git tracks a file; its files are listed
                if named is not None or not stat.S_ISDIR(status.st_mode):
                    self._fail(named or shown, _NO_FILE, named=named is not None)
                return False
            # git lists a tracked file below a folder that has become a link to another folder
            if named is None and self._shown(shown) != shown:
                return False
            if self._needles.in_file(descriptor):
                data = _read(descriptor)
                self._candidates[shown] = Candidate(shown, data, Stamp.of(status))
        except OSError as error:
            self._fail(named or shown, error.strerror, named=named is not None)
            return False
        finally:
            os.close(descriptor)
        return True

    def _unseen(self, names: list[bytes]) -> list[bytes]:
        """Those of the names that were not met before on another of the paths."""
        if self._seen is None:
            return names
        names = [name for name in names if name not in self._seen]
        self._seen.update(names)
        return names

    def _shown(self, path: str) -> str:
        """The path as it is shown: without links, and relative when below this directory."""
        real = os.path.realpath(path)
        return real.removeprefix(self._here.rstrip("/") + "/")

    def _from_here(self, name: bytes) -> bytes:
        """The path that the globs are for; only one that is not below here has to be made."""
        return os.path.relpath(name, os.fsencode(self._here)) if name[:1] == b"/" else name

    def _fail_below(self, path: str, name: bytes, message: str | None) -> None:
        self._fail(os.path.join(path, os.fsdecode(name)), message, named=not name)

    def _fail(self, path: str, message: str | None, *, named: bool) -> None:
        self._unreadable.setdefault(path, Unreadable(path, message or "cannot be read", named))


def _names(listed: bytes) -> list[bytes]:
    """A list of git's as names, each once, without those in a `node_modules`, which some track."""
    names = dict.fromkeys(listed.split(b"\0"))
    names.pop(b"", None)  # what the last zero leaves behind
    if b"node_modules/" not in listed:
        return list(names)
    return [name for name in names if b"/node_modules/" not in b"/" + name]


def _with_suffix(names: list[bytes], suffixes: frozenset[str]) -> list[bytes]:
    """The names that end in one of the suffixes, in any case."""
    endings = tuple(os.fsencode(suffix.lower()) for suffix in suffixes)
    return [name for name in names if name.lower().endswith(endings)]


def _read(descriptor: int) -> bytes:
    """The whole of an open file."""
    pieces = []
    offset = 0
    while piece := os.pread(descriptor, 1 << 22, offset):
        pieces.append(piece)
        offset += len(piece)
    return b"".join(pieces)
