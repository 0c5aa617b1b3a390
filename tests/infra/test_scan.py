"""checkov over what it can read; of what it cannot it says nothing, so that this is asked first."""

import re
import shutil
from pathlib import Path

import pytest

from tests.infra import bicep
from tests.infra.scanning import Scan, scan, unread

SKIP = re.compile(r"// checkov:skip=(\w+): *(\S.*)?")
OPEN_ACCOUNT = """
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stsomething'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    minimumTlsVersion: 'TLS1_0'
  }
}
"""


PLANTED = "planted/open.bicep"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Scan what checkov can read, with a weak resource beside it: one run shows both."""
    folder = tmp_path_factory.mktemp("scanned")
    for path in bicep.files():
        if path.suffix == ".bicep" and not bicep.is_of_the_directory(path):
            copy = folder / path.relative_to(bicep.INFRA)
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(path, copy)
    (folder / PLANTED).parent.mkdir()
    (folder / PLANTED).write_text(OPEN_ACCOUNT)
    return scan(folder)


def test_checkov_finds_nothing_in_what_it_has_read(scanned: Scan) -> None:
    assert [finding for finding in scanned.failed if PLANTED not in finding] == []
    assert scanned.resources > 0
    assert scanned.unparsed == 0


def test_checkov_reads_every_file_but_those_of_the_directory() -> None:
    files = [path for path in bicep.files() if path.suffix == ".bicep"]
    assert unread(files) == {path for path in files if bicep.is_of_the_directory(path)}


def test_each_exception_is_of_use_and_has_its_reason(scanned: Scan) -> None:
    found = [
        SKIP.search(line)
        for path in bicep.files()
        for line in path.read_text(encoding="utf-8").splitlines()
        if "checkov:skip" in line
    ]
    assert all(each is not None and each[2] for each in found)
    assert len(found) == len(scanned.skipped)
    assert all(scanned.reasons)


def test_a_weak_resource_is_found(scanned: Scan) -> None:
    found = {finding.split()[0] for finding in scanned.failed if PLANTED in finding}
    assert "CKV_AZURE_44" in found


def test_a_file_that_checkov_cannot_read_is_named(tmp_path: Path) -> None:
    readable, broken = tmp_path / "readable.bicep", tmp_path / "broken.bicep"
    readable.write_text(OPEN_ACCOUNT)
    broken.write_text("param names string[]\n" + OPEN_ACCOUNT)
    assert unread([readable, broken]) == {broken}
