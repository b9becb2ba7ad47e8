"""The project's notebooks, run in JupyterLab: what a reader sees."""

import pytest
from playwright.sync_api import expect
from server import ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

# The texts of tensors that are broken into more lines than they have: the tops of their characters tell.
BROKEN = """blocks => blocks.filter(block => {
  const range = document.createRange();
  range.selectNodeContents(block);
  const tops = [...range.getClientRects()].map(r => r.top).sort((a, b) => a - b);
  const lines = tops.filter((top, i) => i === 0 || top - tops[i - 1] > 4).length;
  return lines !== block.textContent.trimEnd().split('\\n').length;
}).map(block => block.textContent)"""


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_all_cells_run_and_are_shown(lab, name):
    notebook = lab.open(name)
    lab.menu("Run", "runmenu:run-all")
    notebook.finished()
    assert notebook.errors == []

    panel = notebook.panel
    expect(panel.locator("table.nabla-table")).not_to_have_count(0)
    assert panel.locator(".nabla pre").evaluate_all(BROKEN) == []
    # Pictures have pixels, drawings have an extent.
    images = panel.locator(".jp-OutputArea img")
    assert all(images.evaluate_all("all => all.map(i => i.complete && i.naturalWidth > 0)"))
    drawings = panel.locator(".jp-OutputArea svg path")
    assert all(drawings.evaluate_all("all => all.map(p => p.getBBox().width > 0)"))
    # Formulas in the text are typeset, none is left as it was written.
    expect(panel.locator("mjx-container").first).to_be_visible()
    assert "\\frac" not in panel.inner_text()


def test_the_tour_shows_what_it_talks_about(lab):
    notebook = lab.open("tour.ipynb")
    lab.menu("Run", "runmenu:run-all")
    notebook.finished()
    assert notebook.cell(0).rows() == [
        ["name", "computed as", "shape", "value", "∇ gradient"],
        ["x", "leaf", "()", "-2", "-4"],
        ["y", "leaf", "()", "5", "-4"],
        ["z", "leaf", "()", "-4", "3"],
        ["q", "x + y", "()", "3", "-4"],
        ["f", "q * z", "()", "-12", "1"],
    ]
    expect(notebook.cell(2).output).to_contain_text("dx = -4  dy = -4  dz = 3  dq = -4")
    expect(notebook.cell(5).output).to_contain_text("all 5 gradients agree")
    # The Jacobian of 4,096 by 4,096 is a diagonal from corner to corner.
    picture = notebook.cell(9).output.locator(".nabla-picture svg")
    frame, path = picture.bounding_box(), picture.locator("path").bounding_box()
    assert min(frame["width"], frame["height"]) > 100
    assert (round(path["width"]), round(path["height"])) == (
        round(frame["width"]),
        round(frame["height"]),
    )
    expect(notebook.cell(12).output).to_contain_text("step 1000   loss 0.0027")


def test_large_tensors_are_pictures(lab):
    cells = "A = outer(sin(linspace(0, 6, 120)), cos(linspace(0, 9, 200)))\nA", "b = linspace(-1, 1, 500)"
    notebook = lab.make("pictures.ipynb", *cells)
    lab.menu("Run", "runmenu:run-all")
    notebook.finished()
    images = notebook.cell(0).output.locator("img")
    expect(images).to_have_count(2)
    # Each cell of the grid takes a whole number of pixels, or its edges would be uneven.
    sizes = images.evaluate_all(
        "all => all.map(i => [i.width, i.naturalWidth, i.height, i.naturalHeight])"
    )
    for width, across, height, down in sizes:
        assert across > 10 and width % across == 0, sizes
        assert down > 10 and height % down == 0, sizes
    expect(notebook.cell(1).output.locator(".nabla svg")).to_have_count(1)


def test_mathematics_that_a_cell_shows_is_typeset(lab):
    notebook = lab.make("latex.ipynb", "Latex(r'$$\\frac{\\partial f}{\\partial x}$$')")
    notebook.cell(0).run()
    expect(notebook.cell(0).output.locator("mjx-container mjx-mfrac")).to_be_visible()
