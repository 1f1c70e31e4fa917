from __future__ import annotations

import gzip
import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from irrvit.model.data import fashion_mnist
from irrvit.model.data.find import load_dataset
from irrvit.model.errors import BadData
from irrvit.model.spec import preprocess

installed = pytest.mark.skipif(
    not fashion_mnist.ROOT.exists(), reason="Debian's package dataset-fashion-mnist is missing"
)


@pytest.fixture(scope="module")
def fashion():
    return fashion_mnist.load()


def write_idx(path, array: np.ndarray) -> None:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes()))


@pytest.fixture
def small(tmp_path):
    """A folder with 24 pictures to learn from and 3 to test on."""
    rng = np.random.default_rng(0)
    for part, count in (("train", 24), ("t10k", 3)):
        pixels = rng.integers(0, 256, (count, 28, 28))
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", pixels)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", np.arange(count) % 2)
    return tmp_path


@installed
class TestDebiansPackage:
    def test_parts_are_balanced(self, fashion):
        counts = [
            np.bincount(part.classes).tolist()
            for part in (fashion.train, fashion.held_out, fashion.test)
        ]
        assert counts == [[5500] * 10, [500] * 10, [1000] * 10]

    def test_mean_and_deviation_are_those_of_the_pictures(self, fashion):
        sample = fashion.train.pixels(range(0, 55_000, 20), fashion.input_spec(28)) / 255
        assert (sample.mean(), sample.std()) == pytest.approx(
            (fashion.mean[0], fashion.std[0]), abs=0.01
        )

    def test_picture_reaches_the_network_as_it_is_in_three_equal_channels(self, fashion):
        picture = fashion.test.read(0)
        pixels = fashion.test.pixels([0], fashion.input_spec(28))[0]
        assert np.array_equal(pixels, preprocess(picture, fashion.input_spec(28)))
        assert np.array_equal(pixels, np.stack([np.asarray(picture)] * 3, axis=2))

    def test_is_what_zalando_published(self, fashion):
        assert fashion.sha256 == "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f"
        # The first test picture is an ankle boot, the third a pair of trousers.
        assert [fashion.labels[c] for c in fashion.test.classes[[0, 2]]] == [
            "Ankle boot",
            "Trouser",
        ]


def test_another_root_is_read(small):
    data = fashion_mnist.load(small)
    assert (len(data.train), len(data.held_out), len(data.test or ())) == (22, 2, 3)


def test_root_of_torchvision_is_read(small, tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    (root / "FashionMNIST").mkdir()
    small.rename(root / "FashionMNIST" / "raw")
    assert len(fashion_mnist.load(root).train) == 22


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture
def mirror(small, monkeypatch):
    """A server on loopback that torchvision takes for the one Fashion-MNIST comes from."""
    vision = pytest.importorskip("torchvision.datasets").FashionMNIST
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(small)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(vision, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    sums = [
        (name, hashlib.md5((small / name).read_bytes()).hexdigest()) for name, _ in vision.resources
    ]
    monkeypatch.setattr(vision, "resources", sums)
    yield small
    server.shutdown()
    server.server_close()


class TestDownload:
    def test_what_torchvision_fetches_is_what_is_read(self, mirror, tmp_path_factory):
        root = tmp_path_factory.mktemp("root")
        fetched = load_dataset("fashion-mnist", root=root, download=True)
        assert fetched.sha256 == fashion_mnist.load(mirror).sha256
        assert fashion_mnist.load(root).sha256 == fetched.sha256  # Kept: not fetched twice.

    def test_what_cannot_be_fetched_is_one_sentence(self, mirror, tmp_path_factory):
        (mirror / "t10k-labels-idx1-ubyte.gz").unlink()
        with pytest.raises(BadData, match="torchvision could not fetch Fashion-MNIST"):
            fashion_mnist.download(tmp_path_factory.mktemp("root"))


def test_hash_changes_with_one_class(small):
    before = fashion_mnist.load(small).sha256
    write_idx(small / "t10k-labels-idx1-ubyte.gz", np.array([0, 1, 1]))
    assert fashion_mnist.load(small).sha256 != before


class TestRefused:
    def test_absent_says_what_to_install(self, tmp_path):
        with pytest.raises(BadData, match="'apt-get install dataset-fashion-mnist'"):
            fashion_mnist.load(tmp_path)

    def test_truncated_gzip(self, small):
        path = small / "train-images-idx3-ubyte.gz"
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(BadData, match=r"train-images-idx3-ubyte.gz' cannot be read"):
            fashion_mnist.load(small)

    def test_not_idx(self, small):
        (small / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"GIF89a..."))
        with pytest.raises(BadData, match="is no IDX file of bytes"):
            fashion_mnist.load(small)

    def test_too_few_bytes(self, small):
        whole = gzip.decompress((small / "train-labels-idx1-ubyte.gz").read_bytes())
        (small / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(whole[:-3]))
        with pytest.raises(BadData, match=r"holds 21 bytes for a shape of \(24,\)"):
            fashion_mnist.load(small)

    def test_classes_of_other_pictures(self, small):
        write_idx(small / "t10k-labels-idx1-ubyte.gz", np.arange(4))
        with pytest.raises(BadData, match="do not belong together"):
            fashion_mnist.load(small)

    def test_class_beyond_the_ten(self, small):
        write_idx(small / "t10k-labels-idx1-ubyte.gz", np.array([0, 1, 10]))
        with pytest.raises(BadData, match="do not belong together"):
            fashion_mnist.load(small)
