"""Help while typing."""

from playwright.sync_api import expect


def test_tab_completes_names_with_their_types(lab, shoot):
    notebook = lab.make("completion.ipynb", "softness = 7", "")
    notebook.cell(0).run()
    cell = notebook.cell(1)
    cell.type("sof")
    lab.page.keyboard.press("Tab")
    popup = lab.page.locator(".jp-Completer")
    expect(popup).to_be_visible()
    items = popup.locator(".jp-Completer-item")
    texts = items.evaluate_all("items => items.map(i => [...i.children].map(c => c.innerText))")
    found = {name: kind for _, name, kind in texts}
    assert found["softmax"] == "gate"
    assert "softness" in found and found["softness"] != "gate"
    shoot(lab.page, "completion")

    # An entry that is chosen is written out; the names of an object come behind its dot.
    items.filter(has_text="softplus").click()
    expect(cell.cell.locator(".cm-content")).to_have_text("softplus")
    cell.type("softness.sha")
    lab.page.keyboard.press("Tab")
    expect(items).to_have_text(["t" + "shape" + "tuple"])
    lab.page.keyboard.press("Enter")
    expect(cell.cell.locator(".cm-content")).to_have_text("softness.shape")


def test_shift_tab_shows_help(lab, shoot):
    notebook = lab.make("help.ipynb", "")
    notebook.cell(0).type("sigmoid(")
    lab.page.keyboard.press("Shift+Tab")
    tooltip = lab.page.locator(".jp-Tooltip")
    expect(tooltip).to_contain_text("sigmoid(x)")
    expect(tooltip).to_contain_text("local gradient")
    shoot(lab.page, "tooltip")
    lab.page.keyboard.press("Escape")
    expect(tooltip).to_have_count(0)


def test_a_question_mark_opens_help(lab):
    notebook = lab.make("question.ipynb", "softmax?")
    notebook.cell(0).run()
    expect(lab.page.locator(".jp-OutputArea")).to_contain_text("softmax(")
