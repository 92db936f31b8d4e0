"""The local store in trouble: a clear error, and the data that was there stays."""

import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess

import pytest


@pytest.fixture
def stored(aws, cleat, state_dir):
    """One connector in the store; returns the store's file."""
    aws.register("kept", "session-token", "-r", "s3-bucket", verify=False)
    return os.path.join(state_dir, "cleat.db")


def still_there(cleat):
    assert cleat.names() == ["kept"]
    document = cleat.sc_json("describe", "kept", "-x", reveals=True)
    assert document["secrets"]["aws_secret_access_key"]


def test_makes_private_files(stored, state_dir):
    assert stat.S_IMODE(os.stat(state_dir).st_mode) == 0o700
    for name in os.listdir(state_dir):
        assert stat.S_IMODE(os.stat(os.path.join(state_dir, name)).st_mode) & 0o077 == 0, name
    assert os.stat(os.path.join(state_dir, "key")).st_size > 0


def test_ignores_the_callers_umask(aws, cleat, state_dir):
    words = 'umask 000; exec "$0" service-connector list'
    cleat.settle(cleat.start("-c", words, cleat.program, program="/bin/sh"))
    aws.register("kept", verify=False)
    assert {"cleat.db", "key"} <= set(os.listdir(state_dir))
    for name in os.listdir(state_dir):
        assert stat.S_IMODE(os.stat(os.path.join(state_dir, name)).st_mode) & 0o077 == 0, name


def test_needs_no_store_to_explain_itself(cleat, state_dir):
    cleat.sc("list-types")
    cleat.sc("describe-type", "aws")
    cleat("--version")
    assert not os.path.exists(os.path.join(state_dir, "cleat.db"))


def test_a_locked_store_is_unavailable(stored, aws, cleat):
    holder = sqlite3.connect(stored, isolation_level=None)
    holder.execute("begin exclusive")
    try:
        result = aws.register("second", verify=False, code=9, timeout=60)
        assert "Error: " in result.stderr and "lock" in (result.stderr + result.stdout).lower()
    finally:
        holder.execute("rollback")
        holder.close()
    still_there(cleat)


def test_readers_do_not_wait_for_a_writer(stored, cleat):
    holder = sqlite3.connect(stored, isolation_level=None)
    holder.execute("begin immediate")
    try:
        assert cleat.names() == ["kept"]
    finally:
        holder.execute("rollback")
        holder.close()


def test_many_writers_at_once_all_succeed(aws, cleat):
    from support.aws_world import strong_arguments

    arguments, env = strong_arguments(aws.keys)
    words = "--type aws --auth-method secret-key --region=us-east-1 --no-verify".split()
    running = [
        cleat.start("service-connector", "register", "c%02d" % n, *words, *arguments, env=env)
        for n in range(16)
    ]
    for one in running:
        cleat.settle(one)
    assert sorted(cleat.names()) == ["c%02d" % n for n in range(16)]


def as_nobody(cleat, *words, uid="65534"):
    """The program as a user who may read but not write the store."""
    command = ["setpriv", "--reuid=" + uid, "--regid=65534", "--clear-groups", cleat.program, *words]
    return subprocess.run(
        command, env=cleat.environment, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_read_only_store_can_be_read_and_not_written(stored, cleat, tmp_path, state_dir):
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder.name.startswith(("pytest-", "popen-", "test_")):
            os.chmod(folder, 0o755)
    for root, _, names in os.walk(cleat.home):
        os.chmod(root, 0o555)
        for name in names:
            os.chmod(os.path.join(root, name), 0o444)
    with open(stored, "rb") as file:
        before = file.read()
    listed = as_nobody(cleat, "service-connector", "list", "-o", "json")
    assert listed.returncode in (0, 1, 9), listed.stderr
    if listed.returncode == 0:
        assert "kept" in listed.stdout
    words = ["service-connector", "delete", "kept", "--yes"]
    refused = as_nobody(cleat, *words)
    assert refused.returncode in (1, 9)
    assert refused.stderr.startswith("Error: store ") and "cannot be written" in refused.stderr
    # Neither can anything be issued: it could not be audited.
    refused = as_nobody(cleat, "credential-process", "kept", "-ri", "zenfiles")
    assert (refused.returncode, refused.stdout) == (9, "") and "ermission" in refused.stderr
    with open(stored, "rb") as file:
        assert file.read() == before
    for root, _, names in os.walk(cleat.home):
        os.chmod(root, 0o700)
        for name in names:
            os.chmod(os.path.join(root, name), 0o600)
    still_there(cleat)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_state_folder_that_cannot_be_made_is_named(cleat, tmp_path):
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder.name.startswith(("pytest-", "popen-", "test_")):
            os.chmod(folder, 0o755)
    os.chmod(cleat.home, 0o555)
    reply = as_nobody(cleat, "artifact-store", "register", "s", "--flavor", "s3", "--path=s3://zenfiles")
    os.chmod(cleat.home, 0o700)
    assert reply.returncode in (1, 9)
    assert cleat.home in reply.stderr and "ermission" in reply.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_only_what_needs_the_store_needs_a_home(cleat, tmp_path):
    """A user id that nobody has, as in a container: there is no home folder to fall back on."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder.name.startswith(("pytest-", "popen-", "test_")):
            os.chmod(folder, 0o755)
    cleat.environment.pop("HOME")
    cleat.environment.pop("XDG_STATE_HOME")
    assert as_nobody(cleat, "service-connector", "list-types", uid="54321").returncode == 0
    reply = as_nobody(cleat, "service-connector", "list", uid="54321")
    assert reply.returncode == 1 and "HOME is not set" in reply.stderr


def test_a_full_disk_loses_nothing(stored, aws, cleat, home):
    """RLIMIT_FSIZE stands for the full disk: no file may grow beyond what the store has now."""
    limit = os.path.getsize(stored) + 4096

    def narrow():
        # Python ignores it, and children inherit that; whoever sits at a shell does not.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    from support.aws_world import strong_arguments

    arguments, env = strong_arguments(aws.keys)
    words = "--type aws --auth-method secret-key --region=us-east-1 --no-verify".split()
    environment = dict(cleat.environment, **env)
    failures, acknowledged = [], ["kept"]
    for number in range(60):
        name = "c%02d" % number
        reply = subprocess.run(
            [
                cleat.program,
                "service-connector",
                "register",
                name,
                *words,
                *arguments,
                "--description",
                "x" * 3000,
            ],
            env=environment,
            capture_output=True,
            text=True,
            preexec_fn=narrow,
            restore_signals=False,
            timeout=60,
            check=False,
        )
        if reply.returncode == 0:
            acknowledged.append(name)
        else:
            assert reply.returncode > 0, "killed by signal %d" % -reply.returncode
            failures.append(reply)
        if len(failures) == 3:
            break
    assert failures, "the limit was never reached"
    for reply in failures:
        assert reply.returncode in (1, 9) and reply.stderr.startswith("Error: "), reply.stderr
        assert (
            "full" in reply.stderr.lower()
            or "space" in reply.stderr.lower()
            or "large" in reply.stderr.lower()
        )
    assert set(acknowledged) <= set(cleat.names())
    assert cleat.sc_json("describe", "kept", "-x", reveals=True)["secrets"]["aws_secret_access_key"]


def fold_log(path):
    """Everything into the one file, so that it alone can be damaged and put back."""
    store = sqlite3.connect(path)
    store.execute("pragma wal_checkpoint(truncate)")
    store.close()
    for extra in ("-wal", "-shm"):
        if os.path.exists(path + extra):
            os.remove(path + extra)


def version_of(path):
    with sqlite3.connect(path) as store:
        return store.execute("pragma user_version").fetchone()[0]


def test_a_store_of_a_newer_program_is_left_alone(stored, aws, cleat):
    with sqlite3.connect(stored) as store:
        number = version_of(stored)
        store.execute("pragma user_version = %d" % (number + 1000))
    store.close()
    for words in (["list"], ["delete", "kept", "--yes"]):
        result = cleat.sc(*words, code=1)
        assert "newer" in result.stderr
    with sqlite3.connect(stored) as store:
        store.execute("pragma user_version = %d" % number)
    store.close()
    still_there(cleat)


@pytest.mark.parametrize("damage", ["text", "header", "middle", "short"])
def test_a_damaged_store_is_reported_and_not_replaced(stored, aws, cleat, damage):
    fold_log(stored)
    shutil.copy(stored, stored + ".good")
    size = os.path.getsize(stored)
    with open(stored, "r+b") as file:
        if damage == "text":
            file.truncate()
            file.write(b"this is no database\n" * 400)
        elif damage == "header":
            file.write(b"\xff" * 100)
        elif damage == "middle":
            file.seek(4096)
            file.write(os.urandom(size - 4096))
        else:
            file.truncate(size // 2)
    with open(stored, "rb") as file:
        before = file.read()
    result = aws.register("second", verify=False, code=(1, 9))
    assert result.stderr.startswith("Error: ") and "cleat.db" in result.stderr
    with open(stored, "rb") as file:
        assert file.read() == before, "the remains must stay for whoever repairs them"
    for extra in ("-wal", "-shm"):
        if os.path.exists(stored + extra):
            os.remove(stored + extra)
    os.replace(stored + ".good", stored)
    still_there(cleat)


def test_a_lost_key_file_is_never_replaced(stored, aws, cleat, state_dir):
    key = os.path.join(state_dir, "key")
    os.rename(key, key + ".away")
    words = ["-r", "s3-bucket", "-ri", "zenfiles"]
    for command in (["credential-process", "kept", *words], ["service-connector", "describe", "kept", "-x"]):
        result = cleat(*command, code=1)
        assert result.stderr.startswith("Error: ") and key in result.stderr
        assert not os.path.exists(key)
    result = aws.register("second", verify=False, code=1)
    assert not os.path.exists(key), "a new key over sealed data would make the old data look damaged"
    os.rename(key + ".away", key)
    still_there(cleat)


def test_lists_without_the_key(stored, cleat, state_dir):
    os.remove(os.path.join(state_dir, "key"))
    assert cleat.names() == ["kept"]


@pytest.mark.parametrize(
    "content", [b"", b"short", bytes(range(64)), b"x" * 100000], ids=["empty", "short", "other", "huge"]
)
def test_a_wrong_key_file_is_reported(stored, cleat, state_dir, content):
    key = os.path.join(state_dir, "key")
    with open(key, "rb") as file:
        before = file.read()
    with open(key, "wb") as file:
        file.write(content)
    result = cleat("credential-process", "kept", "-r", "s3-bucket", "-ri", "zenfiles", code=1)
    assert result.stderr.startswith("Error: ") and "key" in result.stderr
    with open(key, "rb") as file:
        assert file.read() == content
    with open(key, "wb") as file:
        file.write(before)
    still_there(cleat)


def test_refuses_a_key_file_that_others_can_read(stored, cleat, state_dir):
    os.chmod(os.path.join(state_dir, "key"), 0o644)
    result = cleat("credential-process", "kept", "-r", "s3-bucket", "-ri", "zenfiles", code=1)
    assert "may be used by others (mode 0644)" in result.stderr and "chmod 600" in result.stderr


def test_a_sealed_value_cannot_be_moved_to_another_row(aws, cleat, state_dir):
    """The row's id is part of what is sealed: copied elsewhere, a value does not open."""
    path = os.path.join(state_dir, "cleat.db")
    aws.register("one", verify=False)
    aws.register("two", verify=False)
    moved = 0
    with sqlite3.connect(path) as store:
        for table_name in [r[0] for r in store.execute("select name from sqlite_master where type='table'")]:
            columns = [r[1] for r in store.execute("pragma table_info(%s)" % table_name)]
            sealed = [c for c in columns if "sealed" in c]
            rows = store.execute("select rowid, * from %s" % table_name).fetchall() if sealed else []
            if sealed and len(rows) >= 4 and "secret" in table_name:
                first, last = rows[0], rows[-1]
                at = columns.index(sealed[0]) + 1
                store.execute(
                    "update %s set %s = ? where rowid = ?" % (table_name, sealed[0]), (first[at], last[0])
                )
                moved += 1
    store.close()
    assert moved == 1
    result = cleat.sc("describe", "two", "-x", code=None, reveals=True)
    one = cleat.sc_json("describe", "one", "-x", reveals=True)
    assert one["secrets"]["aws_secret_access_key"] == aws.keys.secret
    assert result.code == 1 or "[UNAVAILABLE]" in result.stdout


def test_keeps_its_state_where_it_is_told(aws, cleat, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    env = {"CLEAT_CONFIG_PATH": str(elsewhere)}
    aws.register("kept", verify=False, env=env)
    assert cleat.names() == []
    found = [n for _, _, names in os.walk(elsewhere) for n in names]
    assert "cleat.db" in found and "key" in found


def test_forgets_secrets_with_the_connector(aws, cleat, state_dir):
    def secrets():
        with sqlite3.connect("file:%s/cleat.db?mode=ro" % state_dir, uri=True) as store:
            return store.execute("select count(*) from connector_secret").fetchone()[0]

    aws.register("gone", verify=False)
    assert secrets() == 2
    cleat.sc("delete", "gone", "--yes")
    assert secrets() == 0
