"""NumPy reads what we write, and we read what NumPy writes."""

import csv
import io
import os
import resource
import signal
import stat
import subprocess
import zipfile

import numpy as np
import pytest
from conftest import BINARY, nabla

RANDOM = np.random.default_rng(7)
TYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]
SHAPES = [(), (0,), (5,), (3, 4), (2, 0, 3), (4, 1, 3), (40, 50), (2, 3, 4, 5)]


def run(folder, source, **options):
    (folder / "script.nabla").write_text(source)
    return nabla("run", "script.nabla", cwd=folder, **options)


def sample(kind, shape):
    """Entries of a type, its extreme ones among them; integers that float64 has."""
    if kind == "?":
        return RANDOM.integers(0, 2, shape).astype(bool)
    if kind[0] == "f":
        entries = RANDOM.normal(size=shape) * 100
        odd = [np.nan, np.inf, -np.inf, -0.0, np.finfo(kind).tiny, np.finfo(kind).max]
    else:
        limits = np.iinfo(kind)
        entries = RANDOM.integers(max(limits.min, -(2**53)), min(limits.max, 2**53), shape)
        odd = [max(limits.min, -(2**53)), min(limits.max, 2**53)]
    entries = np.asarray(entries).astype(kind)
    flat = entries.reshape(-1)
    flat[: len(odd)] = odd[: flat.size]
    return flat.reshape(shape)


def same(a, b):
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def test_we_read_every_type_order_and_shape(tmp_path):
    """What is read is written again as float64, or as booleans, and NumPy compares it."""
    expected = {}
    for kind in TYPES:
        for shape in SHAPES:
            for order in "CF":
                for end in "<>":
                    name = f"x{len(expected)}"
                    array = sample(kind, shape).astype(end + kind if kind[-1] not in "1?" else kind)
                    np.save(tmp_path / f"{name}.npy", np.asarray(array, order=order))
                    expected[name] = array
    run(
        tmp_path,
        "import numpy as np\n"
        f"for i in range({len(expected)}):\n"
        "    np.save(f'y{i}', np.load(f'x{i}.npy'))\n",
    )
    for name, array in expected.items():
        read = np.load(tmp_path / f"{name.replace('x', 'y')}.npy")
        assert read.dtype == (bool if array.dtype == bool else np.float64)
        assert same(read, array.astype(read.dtype)), (name, array.dtype, array.shape)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_we_read_every_version(tmp_path, version):
    array = np.arange(6.0).reshape(2, 3)
    with open(tmp_path / "x.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)
    assert run(tmp_path, "print(load_npy('x.npy').tolist())").stdout == "[[0, 1, 2], [3, 4, 5]]\n"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_we_read_archives(tmp_path, save):
    arrays = {f"{kind.replace('?', 'b')}": sample(kind, (30, 40)) for kind in TYPES}
    save(tmp_path / "x.npz", sample("f8", (3,)), **arrays)
    run(
        tmp_path,
        "import numpy as np\n"
        "d = np.load('x.npz')\n"
        "e = load_npz('x.npz')\n"
        "for name in d.files:\n"
        "    np.save('y_' + name, d[name])\n"
        "    assert np.array_equal(d[name], e[name]) or name[0] in 'fa'\n",
    )
    with np.load(tmp_path / "x.npz") as archive:
        for name in archive.files:
            assert same(np.load(tmp_path / f"y_{name}.npy"), archive[name].astype(float)), name


def test_we_read_archives_that_were_streamed(tmp_path):
    """Sizes stand behind the entries, and in the list of the members, where nobody could go back."""

    class Pipe(io.RawIOBase):
        def __init__(self, file):
            self.file = file

        def writable(self):
            return True

        def write(self, part):
            return self.file.write(part)

    with open(tmp_path / "x.npz", "wb") as file:
        with zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("x.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.arange(1000.0))
    assert run(tmp_path, "print(load_npz('x.npz')['x'].sum())").stdout == "499500\n"


@pytest.mark.parametrize("function", ["save_npz", "np.savez", "np.savez_compressed"])
def test_numpy_reads_our_archives(tmp_path, function):
    run(
        tmp_path,
        "import numpy as np\nseed(1)\nx = randn(300, 40)\n"
        f"{function}('x', x, 2.5, größe=x > 0, empty=zeros((0, 3)))\n"
        "save_npy('one', x)\n",
    )
    with np.load(tmp_path / "x.npz") as archive:
        assert archive.files == ["arr_0", "arr_1", "größe", "empty"]
        x = archive["arr_0"]
        np.random.seed(1)
        assert same(x, np.random.randn(300, 40)) and same(x, np.load(tmp_path / "one.npy"))
        assert archive["arr_1"] == 2.5 and archive["arr_1"].shape == ()
        assert archive["größe"].dtype == bool and same(archive["größe"], x > 0)
        assert archive["empty"].shape == (0, 3)
    with zipfile.ZipFile(tmp_path / "x.npz") as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("kind", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"])
def test_numpy_reads_our_types(tmp_path, kind):
    run(tmp_path, f"save_npy('x.npy', array([[0, 1], [7, 100]]), dtype='{kind}')")
    x = np.load(tmp_path / "x.npy")
    assert x.dtype == np.dtype(kind) and x.tolist() == [[0, 1], [7, 100]]


def test_floats_round_as_numpy_rounds_them(tmp_path):
    x = np.concatenate([RANDOM.normal(size=500), 2.0 ** RANDOM.uniform(-30, 17, 500), [65520, 1e39]])
    np.save(tmp_path / "x.npy", x)
    run(tmp_path, "x = load_npy('x.npy')\nsave_npy('h', x, dtype='float16')\nsave_npy('s', x, 'float32')")
    with np.errstate(over="ignore"):
        assert same(np.load(tmp_path / "h.npy"), x.astype("f2"))
        assert same(np.load(tmp_path / "s.npy"), x.astype("f4"))


def test_tables_of_the_csv_module(tmp_path):
    words = ["a", "b,c", 'd"e', "f\ng", "", " h ", "ü", "1x"]
    rows = [[words[i % 8] or "x", repr(float(v)), str(i)] for i, v in enumerate(RANDOM.normal(size=200))]
    with open(tmp_path / "x.csv", "w", newline="") as file:
        csv.writer(file).writerows([["word", "value, exact", "n"], *rows])
    run(
        tmp_path,
        "t = load_csv('x.csv')\n"
        "save_csv('y.csv', t)\n"
        "save_npz('y.npz', value=t['value, exact'], n=t['n'])\n",
    )
    with open(tmp_path / "y.csv", newline="") as file:
        header, *again = csv.reader(file)
    assert header == ["word", "value, exact", "n"]
    assert [row[1:] for row in again] == [row[1:] for row in rows]
    # Blanks at the ends of a field without quotes are no part of it.
    assert [row[0] for row in again] == [row[0].strip() for row in rows]
    with np.load(tmp_path / "y.npz") as archive:
        assert archive["value"].tolist() == [float(row[1]) for row in rows]


def test_numbers_of_numpys_text(tmp_path):
    x = np.concatenate([RANDOM.normal(size=400), 10.0 ** RANDOM.uniform(-300, 300, 400)]).reshape(-1, 4)
    x[0] = [np.nan, np.inf, -np.inf, -0.0]
    np.savetxt(tmp_path / "x.txt", x, header="four columns")
    lines = ["a,b,c,d", *(",".join(map(repr, row)) for row in x.tolist())]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    run(
        tmp_path,
        "import numpy as np\n"
        "np.save('t', np.loadtxt('x.txt'))\nnp.save('c', load_csv('x.csv'))\n"
        "x = load_csv('x.csv')\nnp.savetxt('y.txt', x)\nsave_csv('y.csv', x)\n",
    )
    for again in (
        np.load(tmp_path / "t.npy"), np.load(tmp_path / "c.npy"), np.loadtxt(tmp_path / "y.txt"),
        np.loadtxt(tmp_path / "y.csv", delimiter=","),
    ):  # fmt: skip
        assert same(again, x)
    assert (tmp_path / "y.txt").read_text() == (tmp_path / "x.txt").read_text().split("\n", 1)[1]


@pytest.mark.filterwarnings("ignore:Input line")
@pytest.mark.parametrize(
    "options", ["", "usecols=(2, 0)", "unpack=True", "skiprows=2", "max_rows=1", "max_rows=1, ndmin=2",
                "usecols=1", "ndmin=2, usecols=1"]
)  # fmt: skip
def test_loadtxt_has_numpys_shapes(tmp_path, options):
    (tmp_path / "x.txt").write_text("# a b c\n1 2 3\n\n4 5 6 # end\n7\t8  9\n")
    run(tmp_path, f"import numpy as np\nnp.save('y', np.loadtxt('x.txt', {options}))")
    expected = eval(f"np.loadtxt(tmp_path / 'x.txt', {options})")
    assert same(np.load(tmp_path / "y.npy"), expected)


def test_what_cannot_be_read_leaves_names_as_they_were(tmp_path):
    np.save(tmp_path / "object.npy", np.array([1, None], dtype=object), allow_pickle=True)
    np.save(tmp_path / "records.npy", np.zeros(2, dtype=[("a", "i4"), ("b", "f8")]))
    np.save(tmp_path / "whole.npy", np.arange(100.0))
    (tmp_path / "short.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:-1])
    for name in ("object", "records", "short"):
        done = run(
            tmp_path,
            f"x = 1\ntry:\n    x = load_npy('{name}.npy')\nexcept ValueError as e:\n    print(e)\nprint(x)",
        )
        message, value = done.stdout.splitlines()
        assert name in message and value == "1"


def test_permissions_stay_and_a_full_disk_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.arange(3.0))
    path.chmod(0o640)
    run(tmp_path, "save_npy('x.npy', [1, 2])")
    assert np.load(path).tolist() == [1, 2] and stat.S_IMODE(path.stat().st_mode) == 0o640

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    (tmp_path / "script.nabla").write_text(
        "import numpy as np\n"
        "for save in [save_npy, save_npz, save_csv, np.savez_compressed]:\n"
        "    try:\n"
        "        save('x.npy', rand(10_000))\n"
        "    except OSError as e:\n"
        "        print(e)\n"
    )
    done = subprocess.run(
        [BINARY, "run", "script.nabla"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        preexec_fn=limit, restore_signals=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("cannot write x.npy") and "File too large" in line for line in lines)
    assert np.load(path).tolist() == [1, 2]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["script.nabla", "x.npy"]


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    done = run(tmp_path, "load_npy('pipe')", code=1)
    assert "OSError: cannot read pipe: no regular file" in done.stderr
