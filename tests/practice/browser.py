"""A real browser at the practice workspace's page: what a person sees, and the keys they press."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

DESK = (1280, 800)
PHONE = (375, 740)
PATIENCE_SECONDS = 20.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--lang=en-GB",
)

_STICKING_OUT = """
[...document.querySelectorAll("body *")]
  .filter((node) => node.checkVisibility() && (
    node.getBoundingClientRect().right > innerWidth + 1 ||
    (["auto", "scroll"].includes(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth + 1)
  ))
  .map((node) => `${node.tagName} #${node.id} .${node.className}`)
"""


@contextmanager
def open_browser() -> Iterator[webdriver.Chrome]:
    """Start Chromium, or skip loudly where there is none; with CI set, not having one is a failure."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        why = "NO CHROMIUM: the practice page is untested here (apt-get install chromium chromium-driver)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in _FLAGS:
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield browser
    finally:
        browser.quit()


class Screen:
    """One person's screen."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self._browser, self._url = browser, url

    def resize(self, size: tuple[int, int]) -> None:
        """Make the page this wide and high, in CSS pixels, however small."""
        width, height = size
        device = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self._browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)

    def open(self, person: str | None = None, channel: str | None = None) -> None:
        """Open the page as somebody, somewhere; wait until it shows."""
        named = {"person": person, "channel": channel}
        query = "&".join(f"{name}={value}" for name, value in named.items() if value)
        self._browser.get(f"{self._url}/?{query}")
        self.wait_for("#place-title" if person else "#welcome a.person", bool)

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        self.focused.send_keys(*keys)

    def press_tab_until(self, words: str, limit: int = 40) -> None:
        """Press Tab until the focused control says these words."""
        for _ in range(limit):
            if words in (self.focused.text or self.focused.get_attribute("aria-label") or ""):
                return
            self.press(Keys.TAB)
        pytest.fail(f"Tab never reached “{words}”.")

    def pick(self, block_id: str, typed: str) -> None:
        """Choose from the list of a question by typing a part of its words."""
        self.find(f"[data-block={block_id}] [role=combobox]").click()
        self.press(typed)
        self.wait_until(lambda: self.text(".popup [data-active]"), lambda text: typed in text, f"“{typed}” in the list")
        self.press(Keys.ENTER)

    @property
    def focused(self) -> WebElement:
        """Give the control that has the focus."""
        return self._browser.switch_to.active_element

    def find(self, css: str) -> WebElement:
        """Find one thing on the page."""
        return self._browser.find_element(By.CSS_SELECTOR, css)

    def count(self, css: str) -> int:
        """Count things on the page."""
        return len(self._browser.find_elements(By.CSS_SELECTOR, css))

    def text(self, css: str) -> str:
        """Read everything a person sees that matches, in one piece."""
        return "\n".join(one.text for one in self._browser.find_elements(By.CSS_SELECTOR, css))

    def run(self, script: str) -> Any:
        """Ask the page something only a script can tell."""
        return self._browser.execute_script(f"return {script.strip()}")

    def wait_for(self, css: str, check: Callable[[str], bool] | str) -> str:
        """Wait until what is read at `css` holds some words, or passes a check; give what was read."""
        passes = check if callable(check) else lambda text: check in text
        read: str = self.wait_until(lambda: self.text(css), passes, css)
        return read

    def wait_gone(self, css: str) -> None:
        """Wait until nothing matches any more."""
        self.wait_until(lambda: self.count(css), lambda count: count == 0, f"The end of {css}")

    def wait_until(self, read: Callable[[], Any], passes: Callable[[Any], bool], what: str) -> Any:
        """Read again and again until it passes; what the page draws anew meanwhile is read anew."""
        seen: list[Any] = [None]

        def look(_: webdriver.Chrome) -> bool:
            seen[0] = read()
            return passes(seen[0])

        wait = WebDriverWait(self._browser, PATIENCE_SECONDS, 0.02, ignored_exceptions=[StaleElementReferenceException])
        wait.until(look, f"{what} never came.")
        return seen[0]

    @property
    def sticks_out(self) -> list[str]:
        """Name everything that reaches past the right edge of the page, or must be scrolled sideways."""
        found: list[str] = self.run(_STICKING_OUT)
        return found
