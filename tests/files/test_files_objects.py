"""Files in an S3-compatible store: a real server, the suite that folders pass, and the sweep."""

import datetime as dt
import os
import uuid

import pytest

from pst_adapters.files import FolderBlobs, sweep
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import NewEvent
from pst_core.refusal import BadInput, StorageError
from pst_core.testing.contracts.blobs import BlobsContract
from pst_core.testing.contracts.store import batch

obstore = pytest.importorskip("obstore", reason="files in S3 need obstore: pip install obstore")
moto = pytest.importorskip("moto.server", reason="the S3 server of the tests is moto[server]")

from obstore.store import S3Store  # noqa: E402

from pst_adapters.files.objects import ObjectBlobs  # noqa: E402

DAY = dt.timedelta(days=1)
KEYS = {"access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}
# the server of the tests answers two writers of one key with its own error; as S3 may, at times
AGAIN = {
    "retry_config": {
        "max_retries": 8,
        "backoff": {"init_backoff": dt.timedelta(milliseconds=5)},
    }
}


@pytest.fixture(scope="module")
def endpoint():
    import urllib.request

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/pst", method="PUT")).close()  # noqa: S310
    yield url
    server.stop()


def s3(endpoint, bucket="pst"):
    return S3Store(bucket, endpoint=endpoint, client_options={"allow_http": True}, **KEYS, **AGAIN)


class TestObjectBlobsInS3(BlobsContract):
    @pytest.fixture(autouse=True)
    def _at(self, endpoint):
        self.endpoint = endpoint

    def open_blobs(self, where):
        return ObjectBlobs(s3(self.endpoint), prefix=where.as_posix())

    def damage(self, blobs, where, key):  # noqa: ARG002
        obstore.put(s3(self.endpoint), f"{where.as_posix().strip('/')}/{key[:2]}/{key}", b"wrong")


@pytest.mark.slow
def test_keys_beyond_one_page_of_the_server_are_all_listed(endpoint):
    blobs = ObjectBlobs(s3(endpoint), prefix=str(uuid.uuid4()))
    put = {blobs.put(b"%d" % n) for n in range(1005)}
    assert set(blobs.keys()) == put


def test_what_others_keep_in_the_bucket_is_left_alone(endpoint):
    prefix = str(uuid.uuid4())
    blobs = ObjectBlobs(s3(endpoint), prefix)
    key = blobs.put(b"ours")
    for other in ("notes.txt", "ab/" + "Z" * 64, "x/" + "0" * 64):
        obstore.put(s3(endpoint), f"{prefix}/{other}", b"theirs")
    assert blobs.keys() == (key,)


def test_a_store_that_is_away_or_missing_says_what_to_check():
    away = ObjectBlobs(s3("http://127.0.0.1:9"))
    for use in (lambda: away.put(b"x"), lambda: away.get("0" * 64), away.keys):
        with pytest.raises(StorageError, match="blob-storage"):
            use()
    with pytest.raises(BadInput, match="bad-object-store"):
        ObjectBlobs.at("what is this")


@pytest.fixture(params=["folder", "s3"])
def aged(request, tmp_path):
    if request.param == "folder":
        return FolderBlobs(tmp_path)
    return ObjectBlobs(s3(request.getfixturevalue("endpoint")), str(uuid.uuid4()))


def test_only_old_files_that_no_event_names_are_swept(aged):
    store = MemoryStore()
    named, orphan = aged.put(b"named"), aged.put(b"orphan")
    event = NewEvent("file-added", 1, f'{{"sha256": "{named}"}}')
    store.append(batch("s", 0, "c1", events=(event,)))
    now = dt.datetime.now(dt.UTC)
    assert sweep(store, aged, now=now + 6 * DAY) == ()
    assert sweep(store, aged, now=now + 8 * DAY) == (orphan,)
    assert aged.keys() == (named,)


def test_a_file_put_again_is_young_again(tmp_path):
    blobs = FolderBlobs(tmp_path)
    key = blobs.put(b"x")
    os.utime(tmp_path / key[:2] / key, (0, 0))
    blobs.put(b"x")
    assert sweep(MemoryStore(), blobs, now=dt.datetime.now(dt.UTC)) == ()


def test_a_grace_that_loses_uploads_under_way_is_refused(tmp_path):
    with pytest.raises(BadInput, match="grace-too-short"):
        sweep(
            MemoryStore(), FolderBlobs(tmp_path), now=dt.datetime.now(dt.UTC), grace=dt.timedelta()
        )
