"""Controls that steer a function."""

from playwright.sync_api import expect


def test_a_slider_shows_the_result_anew(lab, shoot):
    notebook = lab.make(
        "slider.ipynb",
        "def f(x, n):\n    y = x ** 2 + n\n    backward(y)\n    return y\n"
        "interact(f, x=(-5, 5), n=[0, 100])",
    )
    cell = notebook.cell(0)
    cell.run()
    assert notebook.errors == []
    output = cell.output.locator(".widget-interact .jupyter-widgets-output-area, .widget-output").first
    handle = cell.output.get_by_role("slider")
    expect(handle).to_be_visible()
    before = output.inner_text()
    handle.focus()
    value = float(handle.get_attribute("aria-valuenow"))
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    expect(handle).not_to_have_attribute("aria-valuenow", str(value))
    moved = float(handle.get_attribute("aria-valuenow"))
    assert moved > value
    expect(output).not_to_have_text(before)
    expect(output).to_contain_text(f"{moved ** 2:g}")
    # A menu is one more control of the same function.
    cell.output.get_by_role("combobox").select_option("100")
    expect(output).to_contain_text(f"{moved ** 2 + 100:g}")
    shoot(lab.page, "interact")


def test_a_box_of_text_shows_the_result_anew(lab):
    notebook = lab.make(
        "box.ipynb",
        "def quoted(word): print('[' + word + ']')\ninteract(quoted, word='chain')",
    )
    cell = notebook.cell(0)
    cell.run()
    assert notebook.errors == []
    output = cell.output.locator(".widget-output").first
    box = cell.output.get_by_role("textbox")
    expect(box).to_have_value("chain")
    expect(output).to_have_text("[chain]")
    box.fill("rule")
    expect(output).to_have_text("[rule]")
    box.fill("")
    expect(output).to_have_text("[]")
    expect(box).to_have_value("")
