"""One JupyterLab and one browser for all tests, and a fresh page for each."""

import os
import shutil
from pathlib import Path

import pytest
from lab import Lab
from playwright.sync_api import sync_playwright
from server import ROOT, Server

SIZE = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("lab"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def browser():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "chromium is missing: `make test-browser` installs it"
    # Root may not use Chromium's sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def lab(browser, server):
    """JupyterLab in a page of its own; an exception that a page's script does not catch is a failure."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    thrown = []
    page.on("pageerror", lambda error: thrown.append(error))
    yield Lab(page, server)
    context.close()
    server.forget()
    assert not thrown, thrown


@pytest.fixture
def shoot():
    """Takes a picture of a page, or of a part, into the folder of screenshots."""
    folder = Path(os.environ.get("NABLA_SCREENSHOTS", ROOT / ".build" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda what, name: what.screenshot(path=folder / f"{name}.png")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that is skipped would say nothing; one that fails shows its page."""
    report = (yield).get_result()
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which no test here may be: {report.longrepr}"
    lab = item.funcargs.get("lab")
    if report.failed and report.when == "call" and lab:
        folder = Path(os.environ.get("NABLA_SCREENSHOTS", ROOT / ".build" / "screenshots"))
        folder.mkdir(parents=True, exist_ok=True)
        picture = folder / f"failed-{item.name}.png"
        lab.page.screenshot(path=picture)
        report.sections.append(("the page", f"see {picture}"))
        report.sections.append(("the server's log", lab.server.logged()[-4000:]))
