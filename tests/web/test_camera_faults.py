"""Whatever goes wrong is said in words that a person can act on."""

from __future__ import annotations

import json

import pytest

from irrvit.benchmark.browser.page_server import built_page

LITE0 = "models/efficientnet_lite0-tflite-fp32"
FASHION = "models/irrvit_fashion-tflite-fp32"
FAILED = "#stage[data-view=failed]"


def alert(page) -> str:
    return page.get_by_role("alert").inner_text()


def test_without_a_camera_a_picture_can_be_opened(open_page, no_camera, wait_for_guess):
    page = open_page(no_camera, ready=FAILED)
    assert alert(page).startswith("No camera found")
    page.get_by_role("button", name="Use a sample picture").click()
    wait_for_guess(page, "espresso")


def test_a_refused_camera_says_where_to_allow_it(open_page, refused_camera):
    page = open_page(refused_camera, ready=FAILED)
    assert alert(page).startswith("The camera is not allowed")
    assert "address bar" in alert(page)


def test_a_camera_that_is_unplugged_can_be_tried_again(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    page.evaluate("video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    page.wait_for_selector(FAILED)
    assert alert(page).startswith("The camera is gone")
    page.get_by_role("button", name="Try again").click()
    wait_for_guess(page, "espresso")


def test_a_damaged_network_is_told_by_its_hash(open_page, coffee_camera, site, model_address):
    address = model_address(LITE0)
    content = (built_page() / address.partition("?")[0].lstrip("/")).read_bytes()
    site.extra[address] = content[:-1] + bytes([content[-1] ^ 1])
    page = open_page(coffee_camera, ready=FAILED)
    assert "is damaged or another file than its manifest describes" in alert(page)


def test_a_missing_network_is_named(open_page, coffee_camera):
    page = open_page(coffee_camera, service_workers="block")
    page.route("**/*.tflite?*", lambda route: route.fulfill(status=404))
    page.get_by_label("Network").select_option("irrvit_fashion, fp32")
    page.wait_for_selector(FAILED)
    assert "irrvit_fashion.tflite" in alert(page)
    assert "the host says 404" in alert(page)


def test_a_manifest_of_another_kind_is_named(open_page, coffee_camera, site):
    manifest = json.loads((built_page() / LITE0 / "manifest.json").read_text())
    manifest["input"]["interpolation"] = "area"
    site.extra[f"/{LITE0}/manifest.json"] = json.dumps(manifest).encode()
    page = open_page(coffee_camera, ready=FAILED)
    assert 'input.interpolation is "area"' in alert(page)


def test_without_webgpu_the_cpu_is_suggested(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    page.get_by_label("Run on", exact=True).select_option("the GPU (WebGPU)")
    page.wait_for_selector(FAILED)
    assert "This browser offers no WebGPU: run on the CPU" in alert(page)
    page.get_by_label("Run on", exact=True).select_option("the CPU (WebAssembly)")
    wait_for_guess(page, "espresso")


def test_a_network_that_was_never_opened_needs_a_network(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    page.context.set_offline(True)
    page.get_by_label("Network").select_option("irrvit_fashion, fp32")
    page.wait_for_selector(FAILED)
    assert alert(page).startswith("You are offline")
    page.get_by_label("Network").select_option("efficientnet_lite0, fp32")
    wait_for_guess(page, "espresso")


def test_a_page_in_the_background_rests(open_page, coffee_camera):
    page = open_page(coffee_camera)
    hide = """hidden => {
        Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.get_by_text("Paused in the background").wait_for()
    page.evaluate(hide, False)
    page.get_by_role("button", name="Pause").wait_for()


@pytest.mark.parametrize("change", ["class", "logit"])
def test_a_device_that_computes_wrongly_says_so(open_page, coffee_camera, site, change):
    manifest = json.loads((built_page() / FASHION / "manifest.json").read_text())
    for case in manifest["golden"]:
        if change == "class":
            case["top5"] = case["top5"][::-1]
        else:
            case["logits"][4] += 0.01
    site.extra[f"/{FASHION}/manifest.json"] = json.dumps(manifest).encode()
    page = open_page(coffee_camera)
    page.get_by_label("Network").select_option("irrvit_fashion, fp32")
    page.wait_for_selector("#check[data-check=false]")
    agreeing = "0/6" if change == "class" else "6/6"
    assert page.inner_text("#check").startswith(f"✗ Computes wrongly {agreeing}")
