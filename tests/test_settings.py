"""Where settings come from, which wins, and the one line that each mistake gets."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from callmend.settings import DEFAULT_BASE_URL, KEYS, Settings, SettingsError, load
from tests.tools import ROOT


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in that is a repository's root, so that no search leaves it."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(text: str, name: str = "callmend.toml") -> str:
    Path(name).write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(".", {})
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- where they are found -----------------------------------------------------------------------


def test_without_a_file_and_flags_they_are_the_defaults() -> None:
    assert load(".", {}) == Settings()


def test_the_nearest_file_wins(here: Path) -> None:
    inner = here / "app" / "src"
    inner.mkdir(parents=True)
    (here / "callmend.toml").write_text('assistant-id = "asst_far"')
    (here / "app" / "pyproject.toml").write_text('[tool.callmend]\nassistant-id = "asst_near"')
    assert load(str(inner), {}).assistant_id == "asst_near"


def test_in_one_folder_callmend_toml_comes_before_pyproject_toml() -> None:
    Path("pyproject.toml").write_text('[tool.callmend]\nassistant-id = "asst_shared"')
    Path("callmend.toml").write_text('assistant-id = "asst_own"')
    assert load(".", {}).assistant_id == "asst_own"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[project]\nname = 'x'", id="no-word-of-callmend"),
        pytest.param("[project]\nname = 'callmend-user'", id="the-word-but-no-table"),
        pytest.param("[project\nname", id="broken-but-not-ours"),
    ],
)
def test_a_pyproject_without_the_table_is_passed_over(text: str, here: Path) -> None:
    (here / "callmend.toml").write_text('assistant-id = "asst_above"')
    (here / "app").mkdir()
    (here / "app" / "pyproject.toml").write_text(text)
    assert load("app", {}).assistant_id == "asst_above"


def test_the_search_ends_at_the_root_of_the_repository(here: Path) -> None:
    (here / "callmend.toml").write_text('assistant-id = "asst_outside"')
    (here / "repo" / ".git").mkdir(parents=True)
    assert load("repo", {}).assistant_id is None


def test_a_named_file_is_read_instead(here: Path) -> None:
    Path("callmend.toml").write_text('assistant-id = "asst_found"')
    Path("other.toml").write_text('assistant-id = "asst_named"')
    assert load(".", {}, file="other.toml").assistant_id == "asst_named"


def test_no_settings_reads_none(here: Path) -> None:
    Path("callmend.toml").write_text("broken =")
    assert load(".", {}, search=False) == Settings()


def test_flags_win_over_the_file_and_those_not_given_do_not() -> None:
    Path("callmend.toml").write_text(
        'base-url = "https://file.example/v1"\nselect = ["CM1"]\nrequire-clean = true\n'
    )
    flags = {"base_url": "http://flag.example/", "select": (), "require_clean": None}
    assert load(".", flags) == Settings(
        base_url="http://flag.example", select=("CM1",), require_clean=True
    )


def test_a_false_flag_wins_over_a_true_setting() -> None:
    Path("callmend.toml").write_text("require-clean = true")
    assert load(".", {"require_clean": False}).require_clean is False


def test_every_field_can_be_set_in_the_file() -> None:
    Path("callmend.toml").write_text(
        """\
        target = "assistants"
        base-url = "https://host.example/v1/"
        polling = "robust"
        poll-timeout = 90
        stream = true
        on-text = "this.show"
        model = "gpt-6-sol"
        model-expr = "config.model"
        instructions = "Be brief."
        instructions-expr = "config.instructions"
        assistant-id = "asst_1"
        config-file = "src/config.ts"
        select = ["CM1", "cm201"]
        ignore = "CM102, CM103"
        include = ["src/**"]
        exclude = "*.test.ts"
        max-file-size = "1.5 MB"
        require-clean = true
        mark = true
        """
    )
    assert load(".", {}) == Settings(
        target="assistants",
        base_url="https://host.example/v1",
        polling="robust",
        poll_timeout=90,
        stream=True,
        on_text="this.show",
        model="gpt-6-sol",
        model_expr="config.model",
        instructions="Be brief.",
        instructions_expr="config.instructions",
        assistant_id="asst_1",
        config_file="src/config.ts",
        select=("CM1", "CM201"),
        ignore=("CM102", "CM103"),
        include=("src/**",),
        exclude=("*.test.ts",),
        max_file_size=1_500_000,
        require_clean=True,
        mark=True,
    )
    assert len(KEYS) == len(Settings.__slots__)


def test_instructions_are_read_from_a_file_beside_the_settings_file(here: Path) -> None:
    (here / "callmend.toml").write_text('instructions = "@prompts/a.txt"')
    (here / "prompts").mkdir()
    (here / "prompts" / "a.txt").write_text("Be brief.\nBe kind.\n")
    assert load(str(here / "prompts"), {}).instructions == "Be brief.\nBe kind."
    assert load(str(here), {"instructions": "plain"}).instructions == "plain"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        pytest.param({"polling": "fast"}, "specification, robust", id="polling"),
        pytest.param({"poll_timeout": "0"}, "whole seconds from 1", id="no-time"),
        pytest.param({"poll_timeout": "soon"}, "whole seconds from 1", id="no-number"),
        pytest.param({"on_text": "alert('x')"}, "a name or a path of members", id="a-call"),
        pytest.param({"model": "gpt-4o"}, "shut down on 2027-01-14", id="retiring-model"),
        pytest.param({"model": "o1"}, "shut down on 2026-10-23", id="retired-model"),
        pytest.param({"model": "gpt 6"}, "a model's name", id="blank-in-model"),
        pytest.param({"model_expr": "a b"}, "a name or a path of members", id="no-expression"),
        pytest.param({"instructions": "@gone.txt"}, "cannot be read", id="no-such-file"),
        pytest.param({"instructions": " "}, "must be text that is not empty", id="nothing"),
    ],
)
def test_a_value_that_cannot_be_written_is_refused(
    here: Path, flags: dict[str, object], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        load(str(here), flags)


def test_a_config_file_means_the_same_from_a_subfolder(here: Path) -> None:
    Path("callmend.toml").write_text('config-file = "utils/config.ts"')
    (here / "utils").mkdir()
    (here / "pages").mkdir()
    os.chdir("utils")
    assert load(".", {}).config_file == "config.ts"
    os.chdir("../pages")
    assert load(".", {}).config_file == str(here.resolve() / "utils" / "config.ts")


@pytest.mark.parametrize(
    ("glob", "moved"),
    [
        pytest.param("*.test.ts", "*.test.ts", id="no-slash-matches-anywhere"),
        pytest.param("legacy/", "legacy/", id="a-folder-anywhere"),
        pytest.param("src/app/old/**", "/old/**", id="the-folder-is-taken-off"),
        pytest.param("/src/*/old/*.ts", "/old/*.ts", id="a-star-takes-off-one-part"),
        pytest.param("src/app", "**", id="the-folder-itself"),
        pytest.param("src/", "**", id="a-folder-of-that-name-above"),
        pytest.param("/src/", "**", id="a-folder-above"),
        pytest.param("src/**", "**", id="all-below-a-folder-above"),
        pytest.param("**/old/*.ts", "/**/old/*.ts", id="at-any-depth"),
        pytest.param("!src/app/keep.ts", "!/keep.ts", id="taken-back"),
        pytest.param("docs/**", "/\\*never", id="elsewhere"),
    ],
)
def test_globs_of_a_file_mean_the_same_from_a_subfolder(glob: str, moved: str, here: Path) -> None:
    Path("callmend.toml").write_text(f"exclude = ['{glob}']")
    (here / "src" / "app").mkdir(parents=True)
    os.chdir("src/app")
    assert load(".", {}).exclude == (moved,)


# --- mistakes in a file ---------------------------------------------------------------------------


def test_an_unknown_key_names_file_line_and_the_nearest_key() -> None:
    message = refused('# max-filesize = 1\n\nbase-url = "https://a.example"\nmax-filesize = 1\n')
    assert message == "callmend.toml:4: unknown key 'max-filesize'; did you mean 'max-file-size'?"


def test_an_unknown_key_in_the_shared_file_is_counted_in_that_file() -> None:
    text = "[tool.other]\nassistant_id = 1\n\n[tool.callmend]\nassistant_id = 'asst_1'\n"
    message = refused(text, "pyproject.toml")
    assert message == "pyproject.toml:5: unknown key 'assistant_id'; did you mean 'assistant-id'?"


def test_a_key_like_no_other_gets_the_whole_list() -> None:
    assert refused("zzz = 1").endswith(f"there are {', '.join(KEYS)}")


def test_text_that_looks_like_the_key_is_not_taken_for_it() -> None:
    text = 'exclude = ["""\ntargett = 1\n"""]\n# targett\ntargett = 1\n'
    assert refused(text).startswith("callmend.toml:5: unknown key 'targett'")


def test_a_table_instead_of_a_key_is_unknown_too() -> None:
    assert refused("target = 'assistants'\n[rules]\nCM1 = true\n").startswith(
        "callmend.toml:2: unknown key 'rules'"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "target = 3", "target has no target 3; there are assistants", id="target-type"
        ),
        pytest.param(
            "target = 'assistant'",
            "target has no target 'assistant'; did you mean 'assistants'?",
            id="target-unknown",
        ),
        pytest.param("select = 'CM9'", "select names the unknown rule 'CM9'", id="rule-unknown"),
        pytest.param("ignore = [101]", "ignore must be a list of texts", id="rule-type"),
        pytest.param("include = [1]", "include must be a list of texts", id="glob-type"),
        pytest.param("exclude = ''", "exclude must be a list of texts", id="glob-empty"),
        pytest.param("config-file = ''", "config-file must be text", id="config-empty"),
        pytest.param("max-file-size = true", "max-file-size must be a number", id="size-is-bool"),
        pytest.param("max-file-size = 0", "max-file-size must be a number", id="size-zero"),
        pytest.param("max-file-size = '3 miles'", "not '3 miles'", id="size-unit"),
        pytest.param("require-clean = 'yes'", "must be true or false, not 'yes'", id="bool-type"),
        pytest.param("base-url = 3", "base-url must be an absolute http", id="url-type"),
        pytest.param("assistant-id = 'wf_1'", "`asst_` followed by letters", id="id-of-a-workflow"),
    ],
)
def test_a_wrong_value_names_file_line_and_what_is_expected(text: str, says: str) -> None:
    message = refused(f"\n{text}\n")
    assert message.startswith("callmend.toml:2: ")
    assert says in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("target = 'assistants'\nselect = [\n", 3, id="unclosed"),
        pytest.param("target = 'assistants'\n\nselect 'x'\n", 3, id="no-equals-sign"),
        pytest.param("target = 'a'\ntarget = 'b'\n", 2, id="twice"),
    ],
)
def test_broken_toml_names_file_and_line(text: str, line: int) -> None:
    assert refused(text).startswith(f"callmend.toml:{line}: broken TOML: ")


def test_a_file_that_is_not_utf8_names_the_line(here: Path) -> None:
    Path("callmend.toml").write_bytes(b"target = 'assistants'\nexclude = '\xe9'\n")
    with pytest.raises(SettingsError, match=re.escape("callmend.toml:2: not UTF-8")):
        load(".", {})


def test_a_table_that_is_none_is_named() -> None:
    message = refused("[tool]\ncallmend = 3\n", "pyproject.toml")
    assert message == "pyproject.toml:2: callmend must be a table"


def test_a_named_file_that_is_missing_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"^nope\.toml: no such settings file$"):
        load(".", {}, file="nope.toml")


def test_a_named_pyproject_without_the_table_is_an_error() -> None:
    Path("pyproject.toml").write_text("[project]\n")
    with pytest.raises(SettingsError, match=r"has no table \[tool\.callmend\]"):
        load(".", {}, file="pyproject.toml")


def test_a_folder_of_that_name_is_an_error() -> None:
    Path("callmend.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^callmend\.toml: cannot be read: Is a directory$"):
        load(".", {})


# --- values that go into source code --------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.openai.com/v1", DEFAULT_BASE_URL),
        ("https://api.openai.com/v1///", DEFAULT_BASE_URL),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://assistants_host/v1", "http://assistants_host/v1"),
        ("http://127.0.0.1:1/a-b_c~d/e.f", "http://127.0.0.1:1/a-b_c~d/e.f"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("HTTPS://Host.example/%7Euser", "HTTPS://Host.example/%7Euser"),
    ],
)
def test_a_base_url_is_kept_without_trailing_slashes(given: str, kept: str) -> None:
    assert load(".", {"base_url": given}).base_url == kept


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("api.openai.com/v1", id="no-scheme"),
        pytest.param("/v1", id="relative"),
        pytest.param("ftp://host.example", id="other-scheme"),
        pytest.param("https://", id="no-host"),
        pytest.param("https:///v1", id="no-host-but-a-path"),
        pytest.param("https://:8000/v1", id="only-a-port"),
        pytest.param("https://host.example:99999", id="port-too-high"),
        pytest.param("https://user:pw@host.example/v1", id="credentials"),
        pytest.param("https://key@host.example/v1", id="user-name"),
        pytest.param("https://host.example/v1?x=1", id="query"),
        pytest.param("https://host.example/v1#x", id="fragment"),
        pytest.param("https://host.example/v 1", id="blank"),
        pytest.param("https://host.example/v1\n", id="newline"),
        pytest.param(" https://host.example/v1", id="blank-before"),
        pytest.param("https://host.example/'", id="quote"),
        pytest.param('https://host.example/"', id="double-quote"),
        pytest.param("https://host.example/`", id="backtick"),
        pytest.param("https://host.example/\\", id="backslash"),
        pytest.param("https://host.example/${x}", id="template-hole"),
        pytest.param("https://host.example/%zz", id="broken-escape"),
        pytest.param("https://hôst.example/", id="not-ascii"),
        pytest.param("https://host..example/", id="empty-label"),
        pytest.param("", id="empty"),
    ],
)
def test_a_base_url_that_is_none_or_would_break_the_code_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^--base-url must be an absolute http or https URL"):
        load(".", {"base_url": url})


@pytest.mark.parametrize("given", ["asst_a", "asst_AbC123", "asst_0"])
def test_an_assistants_id_is_taken_as_it_is(given: str) -> None:
    assert load(".", {"assistant_id": given}).assistant_id == given


@pytest.mark.parametrize(
    "given", ["", "asst_", "wf_1", "asst-1", "asst_a b", "asst_a'", "asst_a\n", "ASST_a", "asst_ä"]
)
def test_any_other_id_is_refused_on_one_line_that_says_what_is_expected(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(".", {"assistant_id": given})
    assert str(caught.value) == (
        "--assistant-id must be an assistant's id, `asst_` followed by letters and digits only, "
        f"not {given!r}"
    )


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ("1", 1), ("3MB", 3_000_000), ("3 mb", 3_000_000), ("3M", 3_000_000), ("2k", 2_000),
        ("2KiB", 2_048), ("0.5 GiB", 536_870_912), (7, 7),
    ],
)  # fmt: skip
def test_a_size_may_have_a_unit(given: object, size: int) -> None:
    assert load(".", {"max_file_size": given}).max_file_size == size


@pytest.mark.parametrize("given", ["-1", "0", "", "MB", "1e9", "3 MB 2", "9" * 400])
def test_any_other_size_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match=r"^--max-file-size must be a number of bytes"):
        load(".", {"max_file_size": given})


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        pytest.param(("CM101",), ("CM101",), id="one"),
        pytest.param(
            ("CM101,CM201", "cm102"), ("CM101", "CM201", "CM102"), id="commas-and-repeats"
        ),
        pytest.param((" CM1 , ",), ("CM1",), id="start-of-a-code"),
    ],
)
def test_codes_can_be_repeated_separated_and_shortened(
    given: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    assert load(".", {"select": given}).select == codes


def test_an_unknown_rule_gets_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"unknown rule 'CM401'; did you mean 'CM301'\?"):
        load(".", {"ignore": ("CM401",)})


# --- the documentation ----------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["docs/settings.md", "src/callmend/explain/topics/settings.md"])
def test_every_key_is_documented(place: str) -> None:
    text = (ROOT / place).read_text("utf-8")
    for key in KEYS:
        assert f"`{key}`" in text, key
    assert DEFAULT_BASE_URL in text
