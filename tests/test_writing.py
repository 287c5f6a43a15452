"""Writing loses nothing: what is kept, what is refused, and that a refusal changes no file."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callmend import leftovers, writing
from callmend.files import Stamp, find_candidates
from callmend.leftovers import RECORD, TEMPORARY, clear, create, found_in, is_ours, overwrite
from callmend.writing import Failure, Outcome, Rewrite, write_all
from tests.skipping import skip

OLD = b"old content\n" * 3
NEW = b"the new content, which is longer than the old\n" * 3
SHORT = b"new\n"
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def put(path: Path, data: bytes = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def planned(path: Path, new: bytes = NEW) -> Rewrite:
    """A rewrite as a run plans it: of what the file holds now."""
    return Rewrite(str(path), path.read_bytes(), new, Stamp.of(path.stat()))


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def refused(path: Path, why: str) -> Outcome:
    return Outcome((), (Failure(str(path), f"{why}; nothing was written"),))


# --- what is kept --------------------------------------------------------------------------------


@pytest.mark.parametrize("new", [NEW, SHORT, b"", b"x" * 9_000_000], ids=len)
def test_the_new_version_takes_the_place_of_the_old(new: bytes, tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    assert write_all([planned(file, new)]) == Outcome((str(file),))
    assert file.read_bytes() == new
    assert names(tmp_path) == ["a.ts"]


def test_nothing_to_write_is_nothing() -> None:
    assert write_all([]) == Outcome()


def test_all_are_written_and_named_in_the_order_given(tmp_path: Path) -> None:
    files = [put(tmp_path / folder / "a.ts") for folder in ("b", "a", "c")]
    assert write_all([planned(file) for file in files]).written == tuple(map(str, files))
    assert {file.read_bytes() for file in files} == {NEW}


def test_more_files_are_written_than_a_process_may_hold_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_MOST_LOCKS", 2)
    files = [put(tmp_path / f"{number}.ts") for number in range(8)]
    before = len(os.listdir("/proc/self/fd"))
    assert len(write_all([planned(file) for file in files]).written) == 8
    assert len(os.listdir("/proc/self/fd")) == before
    assert len(names(tmp_path)) == 8


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664, 0o4750])
def test_the_mode_is_kept_whatever_the_umask(mode: int, tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    file.chmod(mode)
    before = os.umask(0o077)
    try:
        write_all([planned(file)])
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@ROOT
def test_the_owner_is_kept(tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    os.chown(file, 4_321, 8_765)
    inode = file.stat().st_ino
    write_all([planned(file)])
    after = file.stat()
    assert (after.st_uid, after.st_gid) == (4_321, 8_765)
    assert after.st_ino != inode, "root keeps the owner by chown, not by writing in place"


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    try:
        os.setxattr(file, "user.origin", b"here")
    except OSError as error:
        skip(f"no extended attributes: {error}")
    write_all([planned(file)])
    assert file.read_bytes() == NEW
    assert os.getxattr(file, "user.origin") == b"here"


def _not_permitted(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("call", [pytest.param("fchown", marks=ROOT), "fchmod", "setxattr"])
def test_what_a_new_file_may_not_have_makes_it_written_in_place(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path / "a.ts")
    if call == "fchown":
        os.chown(file, -1, file.stat().st_gid + 1)
    if call == "setxattr":
        try:
            os.setxattr(file, "user.origin", b"here")
        except OSError as error:
            skip(f"no extended attributes: {error}")
    inode = file.stat().st_ino
    monkeypatch.setattr(os, call, _not_permitted)
    assert write_all([planned(file)]).written == (str(file),)
    assert (file.stat().st_ino, file.read_bytes()) == (inode, NEW)
    assert names(tmp_path) == ["a.ts"]


def test_a_symbolic_link_stays_one_and_its_target_is_written(tmp_path: Path) -> None:
    target = put(tmp_path / "far" / "target.ts")
    link = tmp_path / "link.ts"
    link.symlink_to("far/target.ts")
    assert write_all([planned(link)]).written == (str(link),)
    assert os.readlink(link) == "far/target.ts"
    assert target.read_bytes() == NEW
    assert (names(tmp_path), names(tmp_path / "far")) == (["far", "link.ts"], ["target.ts"])


@pytest.mark.parametrize("new", [NEW, SHORT, b""], ids=["longer", "shorter", "empty"])
def test_hard_links_stay_one_file(new: bytes, tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    other = tmp_path / "b.ts"
    other.hardlink_to(file)
    assert write_all([planned(file, new)]).written == (str(file),)
    assert other.read_bytes() == new
    assert file.samefile(other)
    assert names(tmp_path) == ["a.ts", "b.ts"]


def test_two_names_of_one_file_are_written_once_and_both_named(tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    other = tmp_path / "b.ts"
    other.hardlink_to(file)
    done = write_all([planned(file), planned(other)])
    assert done == Outcome((str(file), str(other)))
    assert other.read_bytes() == NEW


def test_two_names_of_one_file_with_two_results_are_refused(tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts")
    other = tmp_path / "b.tsx"
    other.hardlink_to(file)
    done = write_all([planned(file), planned(other, SHORT)])
    assert done == refused(other, f"is the same file as {file}, which differs")
    assert file.read_bytes() == OLD
    assert names(tmp_path) == ["a.ts", "b.tsx"]


def test_a_file_that_is_a_mount_point_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    file = put(tmp_path / "a.ts")
    inode = file.stat().st_ino
    monkeypatch.setattr(os, "rename", busy)
    assert write_all([planned(file)]) == Outcome((str(file),))
    assert (file.stat().st_ino, file.read_bytes()) == (inode, NEW)
    assert names(tmp_path) == ["a.ts"]


def test_a_mount_point_for_which_there_is_no_room_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    def full(name: str, old: bytes, new: bytes) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = put(tmp_path / "a.ts")
    monkeypatch.setattr(os, "rename", busy)
    monkeypatch.setattr(leftovers, "record", full)
    done = write_all([planned(file)])
    assert done == refused(file, "cannot be written: No space left on device")
    assert file.read_bytes() == OLD
    assert names(tmp_path) == ["a.ts"]


# --- what is refused, and then nothing is written ------------------------------------------------


def _touched(file: Path) -> None:
    os.utime(file, ns=(0, 0))


def _same_size_and_time(file: Path) -> None:
    before = file.stat()
    put(file, OLD.upper())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(file: Path) -> None:
    put(file.with_name("other"), OLD).replace(file)


def _a_folder_now(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _a_link_now(file: Path) -> None:
    put(file.parent / "elsewhere" / "x.ts", OLD)
    file.unlink()
    file.symlink_to("elsewhere/x.ts")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda f: put(f, OLD + b"!"), "has changed since it was read", id="longer"),
        pytest.param(_touched, "has changed since it was read", id="touched"),
        pytest.param(
            _same_size_and_time, "has changed since it was read", id="content-behind-the-stamp"
        ),
        pytest.param(_replaced, "has changed since it was read", id="replaced"),
        pytest.param(_a_folder_now, "has changed since it was read", id="a-folder-now"),
        pytest.param(_a_link_now, "has changed since it was read", id="a-link-now"),
        pytest.param(lambda f: f.unlink(), "is gone since it was read", id="vanished"),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_a_file_that_is_not_what_was_read_is_left_and_so_are_the_others(
    change: Callable[[Path], object], why: str, first: bool, tmp_path: Path
) -> None:
    file = put(tmp_path / "sub" / "a.ts")
    other = put(tmp_path / "b.ts")
    rewrites = [planned(file), planned(other)]
    change(file)
    before = names(file.parent)
    assert write_all(rewrites if first else rewrites[::-1]) == refused(file, why)
    assert other.read_bytes() == OLD
    assert (names(file.parent), names(tmp_path)) == (before, ["b.ts", "sub"])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda f: put(f, SHORT), "has changed since it was read", id="changed"),
        pytest.param(lambda f: f.unlink(), "is gone since it was read", id="vanished"),
    ],
)
def test_a_change_while_the_new_versions_are_made_is_seen_before_the_first_rename(
    change: Callable[[Path], object], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [put(tmp_path / "a.ts"), put(tmp_path / "b.ts")]
    rewrites = [planned(file) for file in files]
    real = writing._Prepared.prepare

    def prepare(self: writing._Prepared) -> None:
        real(self)
        if self.path == str(files[1]):
            change(files[0])

    monkeypatch.setattr(writing._Prepared, "prepare", prepare)
    assert write_all(rewrites) == refused(files[0], why)
    assert files[1].read_bytes() == OLD
    assert not found_in([str(tmp_path)])


def test_a_full_disk_while_preparing_leaves_no_stray_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [put(tmp_path / "a.ts"), put(tmp_path / "b.ts")]
    real = os.fsync
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    done = write_all([planned(file) for file in files])
    assert done == refused(files[1], "cannot be written: No space left on device")
    assert {file.read_bytes() for file in files} == {OLD}
    assert names(tmp_path) == ["a.ts", "b.ts"]


@pytest.fixture
def failing_rename(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the renames to some files fail."""
    bad: set[str] = set()
    real = os.rename

    def rename(source: str, target: str) -> None:
        if target in bad:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    return bad.add


def test_a_first_rename_that_fails_undoes_what_was_written_in_place(
    tmp_path: Path, failing_rename: Callable[[str], None]
) -> None:
    linked, file = put(tmp_path / "a.ts"), put(tmp_path / "b.ts")
    (tmp_path / "c.ts").hardlink_to(linked)
    failing_rename(str(file))
    done = write_all([planned(linked), planned(file)])
    assert done == refused(file, "cannot be replaced: Operation not permitted")
    assert (linked.read_bytes(), file.read_bytes()) == (OLD, OLD)
    assert names(tmp_path) == ["a.ts", "b.ts", "c.ts"]


def test_once_files_are_renamed_the_rest_goes_on_and_the_failure_is_named(
    tmp_path: Path, failing_rename: Callable[[str], None]
) -> None:
    files = [put(tmp_path / name) for name in ("a.ts", "b.ts", "c.ts")]
    failing_rename(str(files[1]))
    done = write_all([planned(file) for file in files])
    assert done.written == (str(files[0]), str(files[2]))
    assert done.failures == (
        Failure(
            str(files[1]),
            "cannot be replaced: Operation not permitted; the other files were written",
        ),
    )
    assert [file.read_bytes() for file in files] == [NEW, OLD, NEW]
    assert names(tmp_path) == ["a.ts", "b.ts", "c.ts"]


# --- in place, cut short -------------------------------------------------------------------------


@pytest.fixture
def cut_short(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Makes writing the new version in place fail after some bytes, then so many times at once."""
    real = os.pwrite
    left = [0]

    def start(after: int, more: int) -> None:
        left[0] = more + 1

        def pwrite(descriptor: int, data: memoryview, offset: int) -> int:
            in_place = os.fstat(descriptor).st_nlink > 1
            if in_place and left[0]:
                real(descriptor, data[: after if left[0] > more else 0], offset)
                left[0] -= 1
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(descriptor, data, offset)

        monkeypatch.setattr(os, "pwrite", pwrite)

    return start


@pytest.mark.parametrize("after", [0, 1, len(OLD), len(OLD) + 5])
def test_a_disk_that_fills_up_in_place_gets_the_old_version_back(
    after: int, tmp_path: Path, cut_short: Callable[[int, int], None]
) -> None:
    files = [put(tmp_path / "a.ts"), put(tmp_path / "b.ts")]
    (tmp_path / "c.ts").hardlink_to(files[0])
    cut_short(after, 0)
    done = write_all([planned(file) for file in files])
    assert done == refused(files[0], "cannot be written: No space left on device")
    assert {file.read_bytes() for file in files} == {OLD}
    assert names(tmp_path) == ["a.ts", "b.ts", "c.ts"]


def test_where_even_that_fails_the_record_stays_and_the_next_run_uses_it(
    tmp_path: Path, cut_short: Callable[[int, int], None]
) -> None:
    file = put(tmp_path / "a.ts")
    (tmp_path / "b.ts").hardlink_to(file)
    cut_short(7, 1)
    (failure,) = write_all([planned(file)]).failures
    (record,) = found_in([str(tmp_path)])
    assert os.path.basename(record) in failure.message
    assert file.read_bytes() not in {OLD, NEW}
    assert clear([record]).restored == (str(file),)
    assert file.read_bytes() == OLD
    assert names(tmp_path) == ["a.ts", "b.ts"]


def test_a_file_that_cannot_be_opened_to_undo_it_keeps_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_rename: Callable[[str], None]
) -> None:
    linked, file = put(tmp_path / "a.ts"), put(tmp_path / "b.ts")
    (tmp_path / "c.ts").hardlink_to(linked)
    failing_rename(str(file))
    real = writing._Prepared.put_back

    def put_back(self: writing._Prepared) -> None:
        os.rename(linked, tmp_path / "moved")
        real(self)

    monkeypatch.setattr(writing._Prepared, "put_back", put_back)
    write_all([planned(linked), planned(file)])
    (record,) = found_in([str(tmp_path)])
    assert OLD in Path(record).read_bytes()
    assert "No such file" in clear([record]).notes[0]
    assert os.path.exists(record)


@pytest.mark.parametrize("new", [NEW, SHORT, b""], ids=["longer", "shorter", "empty"])
def test_a_file_torn_at_any_byte_is_put_back(new: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.ts"
    for cut in range(len(new) + 1):
        record(tmp_path, "a.ts", OLD, new)
        torn = new[:cut] + OLD[cut:]
        put(file, torn)
        cleared = clear(found_in([str(tmp_path)]))
        assert cleared.notes == ()
        assert file.read_bytes() == (new if torn == new else OLD)
        assert names(tmp_path) == ["a.ts"]


def record(folder: Path, name: str, old: bytes, new: bytes) -> Path:
    """A record as a run that was killed leaves it."""
    path, descriptor = create(str(folder), RECORD)
    leftovers.fill(descriptor, leftovers.record(name, old, new))
    os.close(descriptor)
    return Path(path)


@pytest.mark.parametrize("held", [OLD, NEW], ids=["not-begun", "done"])
def test_a_whole_file_is_left_as_it_is_and_its_record_goes(held: bytes, tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts", held)
    record(tmp_path, "a.ts", OLD, NEW)
    assert clear(found_in([str(tmp_path)])) == leftovers.Cleared()
    assert file.read_bytes() == held
    assert names(tmp_path) == ["a.ts"]


def test_a_file_that_somebody_changed_since_is_left_with_its_record(tmp_path: Path) -> None:
    file = put(tmp_path / "a.ts", b"mine: " + OLD)
    kept = record(tmp_path, "a.ts", OLD, NEW)
    cleared = clear([str(kept)])
    assert cleared.restored == ()
    assert "a.ts was changed since; what it held is in here" in cleared.notes[0]
    assert file.read_bytes() == b"mine: " + OLD
    assert OLD in kept.read_bytes()


def test_a_record_whose_file_is_gone_is_kept_for_it_may_be_all_there_is(tmp_path: Path) -> None:
    kept = record(tmp_path, "a.ts", OLD, NEW)
    assert "No such file" in clear([str(kept)]).notes[0]
    assert kept.exists()


@pytest.mark.parametrize("length", [0, 10, 120, -1])
def test_a_record_that_was_not_completed_tells_that_nothing_was_begun(
    length: int, tmp_path: Path
) -> None:
    file = put(tmp_path / "a.ts", b"mine\n")
    half = record(tmp_path, "a.ts", OLD, NEW)
    half.write_bytes(half.read_bytes()[:length])
    assert clear([str(half)]) == leftovers.Cleared()
    assert file.read_bytes() == b"mine\n"
    assert names(tmp_path) == ["a.ts"]


def test_overwrite_shortens(tmp_path: Path) -> None:
    file = put(tmp_path / "a", NEW)
    with file.open("r+b") as stream:
        overwrite(stream.fileno(), SHORT)
    assert file.read_bytes() == SHORT


# --- leftovers: only ours, and never one in use --------------------------------------------------


def stray(folder: Path, data: bytes = NEW) -> Path:
    path, descriptor = create(str(folder), TEMPORARY)
    leftovers.fill(descriptor, data)
    os.close(descriptor)
    return Path(path)


def test_what_an_interrupted_run_left_is_cleared_away(tmp_path: Path) -> None:
    put(tmp_path / "a.ts")
    stray(tmp_path)
    stray(tmp_path, b"")
    clear(found_in([str(tmp_path), str(tmp_path)]))
    assert names(tmp_path) == ["a.ts"]


@pytest.mark.parametrize(
    "name",
    [
        ".callmend-notes.tmp",
        ".callmend-.tmp",
        ".callmend-0123456789abcdef.tmp",
        ".callmend-0123456789abcdef-0123456789abcdef.tmp",
        ".callmend-0123456789abcdef-0123456789abcdef.old",
        "callmend.toml",
        ".callmend",
        "a.tmp",
        os.fsdecode(b".callmend-\xe9.tmp"),
    ],
)
def test_a_file_that_is_not_ours_stays(name: str, tmp_path: Path) -> None:
    put(tmp_path / name)
    assert not is_ours(name)
    assert found_in([str(tmp_path)]) == []
    clear([str(tmp_path / name)])
    assert names(tmp_path) == [name]


def test_a_name_of_ours_with_another_ending_is_not_ours(tmp_path: Path) -> None:
    name = stray(tmp_path).name
    assert is_ours(name)
    assert not is_ours(name.replace(".tmp", ".old"))
    assert not is_ours(name + "x")
    assert not is_ours("x" + name)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda name: os.symlink("a.ts", name)])
def test_what_is_no_file_stays_whatever_its_name(
    make: Callable[[str], None], tmp_path: Path
) -> None:
    path = stray(tmp_path)
    path.unlink()
    make(str(path))
    put(tmp_path / "a.ts")
    clear([str(path)])
    assert os.path.lexists(path)
    assert (tmp_path / "a.ts").read_bytes() == OLD


def test_a_file_that_another_run_is_at_work_with_stays(tmp_path: Path) -> None:
    path, descriptor = create(str(tmp_path), TEMPORARY)
    try:
        assert clear([path]) == leftovers.Cleared()
        assert os.path.exists(path)
    finally:
        os.close(descriptor)
    clear([path])
    assert not os.path.exists(path)


def test_a_file_that_was_cleared_away_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    taken: list[str] = []

    def flock(descriptor: int, how: int) -> None:
        if not taken:
            taken.extend(found_in([str(tmp_path)]))
            os.unlink(taken[0])
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    path, descriptor = create(str(tmp_path), TEMPORARY)
    os.close(descriptor)
    assert [path] == found_in([str(tmp_path)]) != taken


def test_a_leftover_is_listed_and_is_no_source_file(tmp_path: Path) -> None:
    put(tmp_path / "src" / "a.ts")
    path = stray(tmp_path / "src")
    put(tmp_path / "src" / "x.callmend-1.ts")
    listing = find_candidates([str(tmp_path)], suffixes=frozenset({".ts"}), needles=[(b"new",)])
    assert listing.candidates == ()
    assert listing.leftovers == (str(path),)
    assert listing.looked_at == 2


# --- signals -------------------------------------------------------------------------------------


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python handles it: a shell starts what runs in the background with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def signal_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, signal.Signals], None]:
    """Sends this process a signal when a method of a prepared file is called the first time."""

    def install(method: str, number: signal.Signals) -> None:
        real = getattr(writing._Prepared, method)
        sent: list[bool] = []

        def call(self: writing._Prepared) -> None:
            if not sent:
                sent.append(True)
                os.kill(os.getpid(), number)
            real(self)

        monkeypatch.setattr(writing._Prepared, method, call)

    return install


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    ("method", "says", "content"),
    [
        pytest.param("prepare", "nothing was written", OLD, id="while-preparing"),
        pytest.param("rename", "all was written", NEW, id="while-renaming"),
    ],
)
def test_ctrl_c_waits_until_all_or_nothing_is_written(
    method: str,
    says: str,
    content: bytes,
    tmp_path: Path,
    signal_at: Callable[[str, signal.Signals], None],
) -> None:
    files = [put(tmp_path / f"{number}.ts") for number in range(3)]
    signal_at(method, signal.SIGINT)
    done = threading.Event()
    # What the main thread blocks, the system would hand to this one.
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with pytest.raises(KeyboardInterrupt, match=says):
            write_all([planned(file) for file in files])
    finally:
        done.set()
        other.join()
    assert {file.read_bytes() for file in files} == {content}
    assert len(names(tmp_path)) == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stops_nothing(
    tmp_path: Path, signal_at: Callable[[str, signal.Signals], None]
) -> None:
    file = put(tmp_path / "a.ts")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        signal_at("prepare", signal.SIGHUP)
        assert write_all([planned(file)]).written == (str(file),)
    finally:
        signal.signal(signal.SIGHUP, before)
