"""The Xcode project, which no Xcode has opened yet, holds together as far as that can be read."""

from __future__ import annotations

import plistlib
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

_APP = Path(__file__).parents[2] / "ios_app"
_PROJECT = _APP / "IRRViT.xcodeproj/project.pbxproj"
_ID = re.compile(r"\b[0-9A-F]{24}\b")


@pytest.fixture(scope="module")
def project():
    pbxproj = pytest.importorskip("pbxproj")
    return pbxproj.XcodeProject.load(str(_PROJECT))


def _only(project, kind):
    (found,) = project.objects.get_objects_in_section(kind)
    return found


def test_every_id_is_defined_once_and_used():
    text = _PROJECT.read_text()
    defined = re.findall(r"^\t\t([0-9A-F]{24})\b[^=]*= \{", text, re.MULTILINE)
    assert len(defined) == len(set(defined)) > 15
    assert set(_ID.findall(text)) == set(defined)
    assert [one for one in defined if text.count(one) < 2] == []


def test_it_is_of_the_format_of_xcode_16(project):
    assert project["objectVersion"] == "77"
    assert _only(project, "PBXProject")["preferredProjectObjectVersion"] == "77"


def test_the_only_target_is_the_app_of_its_package(project):
    target = _only(project, "PBXNativeTarget")
    assert target["productType"] == "com.apple.product-type.application"
    products = project.objects.get_objects_in_section("XCSwiftPackageProductDependency")
    assert {product["productName"] for product in products} == {"Core", "Runtime"}
    assert _only(project, "XCLocalSwiftPackageReference")["relativePath"] == "."
    declared = (_APP / "Package.swift").read_text()
    for product in products:
        assert f'.library(name: "{product["productName"]}"' in declared


def test_its_sources_are_the_folder_that_linux_compiles(project):
    group = _only(project, "PBXFileSystemSynchronizedRootGroup")
    assert (_APP / group["path"]).is_dir()
    exception = _only(project, "PBXFileSystemSynchronizedBuildFileExceptionSet")
    for name in exception["membershipExceptions"]:
        assert (_APP / group["path"] / name).is_file()
    assert f'path: "{group["path"]}"' in (_APP / "Package.swift").read_text()


def test_models_are_copied_as_a_folder_and_never_compiled_by_xcode(project):
    references = project.objects.get_objects_in_section("PBXFileReference")
    (folder,) = [one for one in references if "lastKnownFileType" in one]
    assert folder["lastKnownFileType"] == "folder"
    assert (_APP / folder["path"] / "models/2_irrvit_fashion/manifest.json").is_file()
    assert not list((_APP / "App").rglob("*.mlpackage"))


def test_no_folder_in_the_app_is_called_resources(project):
    """Apple's signing takes such an app for one of macOS (github.com/dotnet/macios/pull/20593)."""
    references = project.objects.get_objects_in_section("PBXFileReference")
    assert "resources" not in {one["path"].lower() for one in references}


def test_every_configuration_is_for_swift_6_and_ios_17(project):
    of_project = [
        one["buildSettings"]
        for one in project.objects.get_objects_in_section("XCBuildConfiguration")
        if "SDKROOT" in one["buildSettings"]
    ]
    assert len(of_project) == 2
    for settings in of_project:
        assert settings["SWIFT_VERSION"] == "6.0"
        assert settings["IPHONEOS_DEPLOYMENT_TARGET"] == "17.0"
    assert ".iOS(.v17)" in (_APP / "Package.swift").read_text()


def test_what_a_person_has_to_set_is_there_to_be_set(project):
    of_target = [
        one["buildSettings"]
        for one in project.objects.get_objects_in_section("XCBuildConfiguration")
        if "PRODUCT_BUNDLE_IDENTIFIER" in one["buildSettings"]
    ]
    assert len(of_target) == 2
    for settings in of_target:
        assert settings["DEVELOPMENT_TEAM"] == ""
        assert settings["CODE_SIGN_STYLE"] == "Automatic"
        assert (_APP / settings["INFOPLIST_FILE"]).is_file()


def test_the_scheme_runs_the_target_in_release():
    path = _APP / "IRRViT.xcodeproj/xcshareddata/xcschemes/IRRViT.xcscheme"
    scheme = ElementTree.parse(path).getroot()
    (launch,) = scheme.findall("LaunchAction")
    assert launch.get("buildConfiguration") == "Release"
    ids = {one.get("BlueprintIdentifier") for one in scheme.iter("BuildableReference")}
    assert all(f"{one} /* IRRViT */ = {{" in _PROJECT.read_text() for one in ids)


def test_the_app_asks_for_the_camera_and_for_nothing_else():
    plist = plistlib.loads((_APP / "App/Info.plist").read_bytes())
    asked = [key for key in plist if key.endswith("UsageDescription")]
    assert asked == ["NSCameraUsageDescription"]
    assert "never leave the phone" in plist["NSCameraUsageDescription"]
    assert "NSAppTransportSecurity" not in plist
    assert "UIBackgroundModes" not in plist


def test_a_person_can_put_models_in_and_take_records_out():
    plist = plistlib.loads((_APP / "App/Info.plist").read_bytes())
    assert plist["UIFileSharingEnabled"] is plist["LSSupportsOpeningDocumentsInPlace"] is True


def test_the_privacy_manifest_says_that_nothing_is_collected():
    privacy = plistlib.loads((_APP / "App/PrivacyInfo.xcprivacy").read_bytes())
    assert privacy["NSPrivacyTracking"] is False
    assert privacy["NSPrivacyCollectedDataTypes"] == privacy["NSPrivacyTrackingDomains"] == []
    used = {
        entry["NSPrivacyAccessedAPIType"].removeprefix("NSPrivacyAccessedAPICategory")
        for entry in privacy["NSPrivacyAccessedAPITypes"]
    }
    assert used == {"DiskSpace", "SystemBootTime"}
