"""What only a process of its own can show: pipes, exit codes, what is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from canonical_contact.cli._exit import Exit

PROGRAM = [sys.executable, "-c", "import sys; from canonical_contact.cli import main; sys.exit(main())"]
ASK = ["--channel", "email", "--purpose", "marketing"]


def test_a_reader_that_goes_away_gets_no_complaint(store: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "may-contact", "--store", str(store), *ASK], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == Exit.PIPE


def test_progress_and_words_for_people_leave_standard_output_alone(store: Path) -> None:
    done = subprocess.run([*PROGRAM, "may-contact", "--store", str(store), *ASK], capture_output=True, check=True)
    assert done.stdout.startswith(b"contact_id,")
    assert done.stderr == b"email for marketing: 0 allowed, 2 denied\n"


def test_help_is_light() -> None:
    heavy = "{'rich', 'jinja2', 'leather', 'phonenumbers', 'cattrs', 'sqlite3', 'email_validator'}"
    code = f"import sys; from canonical_contact.cli import main; main(['--help']); assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_names_in_any_script_do_not_stop_a_terminal_that_lacks_them(store: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "show", "ana@example.com", "--store", str(store)],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
    )
    assert b"Ana N" in done.stdout
