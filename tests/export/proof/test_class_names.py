"""Names of folders become classes of a network by the first rule that holds for all of them."""

import unicodedata
from types import SimpleNamespace

import pytest

from irrvit.export.errors import BadOption
from irrvit.export.proof.class_names import Meaning, meaning
from irrvit.model.data import tiny_imagenet
from irrvit.model.data.wnids import IMAGENET

PETS = ("cat", "dog", "emu")
NAMELESS = tuple(f"class {i}" for i in range(1000))
LABEL = "named by the network's labels"
SPELLING = "named by the network's labels, but for capitals and signs"
WNID = "named by WordNet's numbers"
NUMBER = "named by class numbers from 0"
ORDER = "named otherwise: in sorted order, as torchvision's ImageFolder numbers them"


def understood(names, labels, *, wnids=(), folders=True) -> Meaning:
    data = SimpleNamespace(name="mine", labels=names, wnids=wnids, labels_are_folders=folders)
    return meaning(data, labels)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("names", "labels", "classes", "rule"),
    [
        (("cat", "dog", "emu"), PETS, (0, 1, 2), LABEL),
        (("emu",), PETS, (2,), LABEL),
        (("0", "1"), ("1", "0"), (1, 0), LABEL),  # Labels come before numbers.
        (("Cat", "emu"), PETS, (0, 2), SPELLING),
        (("T-shirt_top",), ("Bag", "T-shirt/top"), (1,), SPELLING),
        (("great_white_shark",), ("great white shark", "shark"), (0,), SPELLING),
        (("c",), ("C", "c"), (1,), LABEL),
        (("n01440764", "n15075141"), NAMELESS, (0, 999), WNID),
        (("n01440764-tench", "n01443537_goldfish"), NAMELESS, (0, 1), WNID),
        (("0", "999"), NAMELESS, (0, 999), NUMBER),
        (("000", "002"), PETS, (0, 2), NUMBER),
        (("2", "1", "0"), PETS, (2, 1, 0), NUMBER),
        (("1", "2", "3"), PETS, (0, 1, 2), ORDER),  # From 1, so that they are but names.
        (("n02085620", "n02085782", "n99999999"), PETS, (0, 1, 2), ORDER),
        (("Hund", "Katze", "Vogel"), PETS, (0, 1, 2), ORDER),
        (("²", "³", "¹"), PETS, (0, 1, 2), ORDER),  # Digits to Python, no numbers of classes.
    ],
)
def test_the_first_rule_that_holds_for_all_is_taken(names, labels, classes, rule):
    assert understood(names, labels) == Meaning(tuple((i,) for i in classes), rule)


def test_a_label_that_a_network_has_twice_stands_for_both():
    labels = ("crane", "hen", "crane")
    assert understood(("crane", "hen"), labels) == Meaning(((0, 2), (1,)), LABEL)
    assert understood(("Crane",), labels) == Meaning(((0, 2),), SPELLING)


def test_wordnets_numbers_tell_imagenets_two_cranes_apart():
    cranes = ("n02012849", "n03126707")
    assert understood(cranes, NAMELESS).classes == ((134,), (517,))


def test_a_name_that_macos_took_apart_is_the_label():
    apart = unicodedata.normalize("NFD", "café")
    assert apart != "café"
    assert understood((apart,), ("bar", "café")) == Meaning(((1,),), LABEL)


def test_marks_on_letters_tell_labels_apart():
    assert understood(("कि_",), ("क", "कि")).classes == ((1,),)


@pytest.mark.parametrize(("classes", "rule"), [(999, None), (1000, WNID), (1001, None)])
def test_imagenets_numbers_mean_something_to_networks_of_1000_classes(classes, rule):
    labels = tuple(f"class {i}" for i in range(classes))
    if rule:
        assert understood(IMAGENET[:5], labels).rule == rule
    else:
        with pytest.raises(BadOption, match=f"no 'n01440764' among its {classes}"):
            understood(IMAGENET[:5], labels)


def test_a_network_of_tiny_imagenet_has_its_own_numbers():
    found = understood(tiny_imagenet.WNIDS[3:5], tiny_imagenet.LABELS)
    assert found == Meaning(((3,), (4,)), WNID)
    assert IMAGENET.index(tiny_imagenet.WNIDS[3]) != 3


def test_a_named_set_brings_its_numbers():
    names, wnids = tiny_imagenet.LABELS, tiny_imagenet.WNIDS
    found = understood(names, NAMELESS, wnids=wnids, folders=False)
    assert found.rule == WNID
    assert [IMAGENET[i] for (i,) in found.classes] == list(wnids)


@pytest.mark.parametrize(
    ("names", "labels", "said"),
    [
        (("cat", "dogs", "emu"), PETS, r"no 'dogs' among its 3 \(did you mean 'dog'\?\): name the"),
        (("Hund", "Katze"), PETS, "no 'Hund' among its 3: name the folders as its labels"),
        (("a", "b", "c", "d"), PETS, "are of 4 classes, and the network has no 'a' among its 3"),
        (("0", "3"), PETS, "no '0' among its 3"),
        (("n01440764", "n01440765"), NAMELESS, "no 'n01440765' among its 1000"),
        (("C_", "x"), ("C", "C++", "x"), "no 'C_' among its 3"),  # Which of the two was meant?
        (("+-", "x"), ("*", "x"), r"no '\+-' among its 2"),
    ],
)
def test_a_name_that_means_nothing_is_refused_beside_others_that_do(names, labels, said):
    with pytest.raises(BadOption, match=said):
        understood(names, labels)


@pytest.mark.parametrize("names", [("0", "1", "2"), ("Hund", "Katze", "Vogel")])
def test_what_a_named_set_calls_its_classes_is_no_number_and_has_no_order(names):
    with pytest.raises(BadOption, match="evaluate a network of these classes"):
        understood(names, PETS, folders=False)
