"""The wheel runs without the checkout: configuration, tables, steps, templates and migrations are inside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_an_installed_wheel_works_without_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, timeout=120, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = (
        "import drivers, scanstation, pathlib\n"
        "from scanstation.configuration import config_file\n"
        "from scanstation.settings import Settings, load_policy\n"
        "from scanstation.identity import identify\n"
        "from scanstation.store.stock import open_stock\n"
        "from scanstation.reconcile.street import STREET, Step\n"
        "from scanstation.web.pages import *\n"
        "from drivers.protocols import decode\n"
        "site = pathlib.Path(scanstation.__file__).parent\n"
        "assert 'site' in str(site), site\n"
        "assert config_file('policy.toml').is_relative_to(site) and list(config_file('scenarios').glob('*.toml'))\n"
        "assert load_policy().currency and Settings().station\n"
        "assert identify('010952114112345410L7', aim=']C1').lot == 'L7'\n"
        "assert len([step.text('duckdb') for step in STREET if isinstance(step, Step)]) > 5\n"
        "open_stock('stock.db').close()\n"
        "assert (site / 'web/static/main.js').exists() and (site / 'web/templates/station.html').exists()\n"
        "assert (site / 'reports/templates/report.html').exists()\n"
        "assert list((pathlib.Path(drivers.__file__).parent / 'protocols/keyboards').glob('*.toml'))\n"
        "from drivers.devices.input_files import features\n"
        "assert features()['0c2e'] == bytes.fromhex('fe01')\n"
    )
    clean = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
