"""Both themes: pictures for the eye, and what a machine can tell of them."""

import pytest
from playwright.sync_api import expect

CELLS = [
    "X = randn(200, 30)\nW = param(randn(30, 5) * 0.1); b = param(zeros(5))\ny = randint(0, 5, 200)\n"
    "scores = X @ W + b\nloss = cross_entropy(scores, y)\nbackward(loss)",
    "x = array([-2, 0, 3])\ns = sigmoid(x)\nf = sum(s)\nbackward(f)",
    "outer(sin(linspace(0, 6, 120)), cos(linspace(0, 9, 200)))",
    "gradcheck(f)",
    "v = sin(linspace(0, 20, 300))\nn = nan; i = inf; t = -3e-7; h = 1e20",
    "jacobian(relu)(linspace(-1, 1, 4096))",
    "W @ ones((2, 2))",
]

# The contrast of texts with what is behind them, by the Web Content Accessibility Guidelines 2.2.
CONTRAST = """elements => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const paint = colors => {
    pen.globalAlpha = 1;
    for (const [color, alpha] of colors) {
      pen.globalAlpha = alpha;
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
    }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = rgb => {
    const [r, g, b] = rgb.map(c => c / 255).map(
      c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return elements.map(element => {
    const grounds = [];
    let alpha = 1;
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      alpha *= parseFloat(style.opacity);
      grounds.unshift([style.backgroundColor, 1]);
    }
    const ground = paint(grounds);
    const text = paint([...grounds, [getComputedStyle(element).color, alpha]]);
    const [light, dark] = [luminance(ground), luminance(text)].sort((a, b) => b - a);
    return { text: element.innerText, ratio: (light + 0.05) / (dark + 0.05) };
  });
}"""


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_outputs_can_be_read_in_the_theme(lab, shoot, theme):
    lab.page.set_viewport_size({"width": 1280, "height": 2400})
    notebook = lab.make(f"appearance-{theme}.ipynb", *CELLS)
    lab.theme(theme)
    for cell in notebook.cells:
        cell.run()
    assert notebook.errors == ["ShapeError"]
    texts = notebook.panel.locator(
        ".nabla th, .nabla td, .nabla pre, .nabla code, .nabla-note, .nabla-line, .nabla-heading"
    )
    contrasts = texts.evaluate_all(CONTRAST)
    assert len(contrasts) > 80
    assert [c for c in contrasts if c["text"].strip() and c["ratio"] < 4.5] == []
    # JupyterLab's grounds for errors leave 3 to 1, what large and bold text needs, at both ends.
    errors = notebook.cell(6).error.locator("pre span").evaluate_all(CONTRAST)
    assert [c for c in errors if c["text"].strip() and c["ratio"] < 2.5] == []
    # Numbers of a table end at one edge.
    edges = notebook.cell(1).table.locator("td.nabla-number").evaluate_all(
        "cells => cells.map(c => getComputedStyle(c).textAlign)"
    )
    assert set(edges) == {"right"}
    shoot(notebook.panel, f"outputs-{theme.lower()}")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_tour_in_the_theme(lab, shoot, theme):
    lab.page.set_viewport_size({"width": 1280, "height": 6000})
    notebook = lab.open("tour.ipynb")
    lab.theme(theme)
    lab.menu("Run", "runmenu:run-all")
    notebook.finished()
    shoot(notebook.panel, f"tour-{theme.lower()}")


def test_stored_outputs_can_be_read_before_they_are_trusted(lab, shoot):
    """JupyterLab takes the style sheet away from outputs that this user did not make."""
    lab.page.set_viewport_size({"width": 1280, "height": 3000})
    notebook = lab.open("tour.ipynb")
    table = notebook.cell(0).table
    expect(table).to_be_visible()
    assert table.evaluate("table => getComputedStyle(table.rows[1].cells[0]).textAlign") == "left"
    assert table.evaluate("table => getComputedStyle(table.rows[1].cells[3]).textAlign") == "right"
    shoot(notebook.panel, "tour-untrusted")


def test_the_launcher_offers_the_kernel(lab, shoot):
    lab.open("tour.ipynb")
    lab.command("launcher:create")
    card = lab.page.locator('.jp-LauncherCard[data-category="Notebook"][title="Nabla"]')
    expect(card).to_be_visible()
    assert card.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    shoot(lab.page, "launcher")
