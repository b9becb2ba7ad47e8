"""Interrupting, restarting, and output that comes in floods."""

from playwright.sync_api import expect

# Notes the longest time that the page did nothing but work.
WATCH = """() => {
  window.longest = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
  }, 20);
}"""


def test_the_toolbar_interrupts_a_loop_and_keeps_the_state(lab):
    notebook = lab.make(
        "interrupt.ipynb", "x = 41", "print('on')\nwhile True:\n    x = x + 0", "x + 1"
    )
    notebook.cell(0).run()
    loop = notebook.cell(1)
    loop.start()
    expect(loop.prompt).to_have_text("[*]:")
    expect(loop.output).to_contain_text("on")
    notebook.tool("notebook:interrupt-kernel").click()
    expect(loop.error).to_contain_text("KeyboardInterrupt")
    loop.ends()
    notebook.cell(2).run()
    expect(notebook.cell(2).output).to_contain_text("42")


def test_cells_behind_an_interrupted_one_do_not_run(lab):
    notebook = lab.make("queue.ipynb", "while True:\n    pass", "print('ran')", "2 + 3")
    lab.menu("Run", "runmenu:run-all")
    expect(notebook.cell(1).prompt).to_have_text("[*]:")
    notebook.tool("notebook:interrupt-kernel").click()
    expect(notebook.cell(0).error).to_contain_text("KeyboardInterrupt")
    notebook.cell(2).run()
    expect(notebook.cell(2).output).to_contain_text("5")
    assert "ran" not in notebook.panel.locator(".jp-OutputArea").all_inner_texts()


def test_an_error_stops_the_cells_behind_it(lab):
    """All cells are sent at once, and the first fails long before the last is sent."""
    notebook = lab.make("error.ipynb", "missing", *["print('ran')"] * 20, "2 + 3")
    lab.menu("Run", "runmenu:run-all")
    expect(notebook.cell(0).error).to_contain_text("NameError")
    notebook.cell(21).run()
    expect(notebook.cell(21).output).to_contain_text("5")
    expect(notebook.cell(21).prompt).to_have_text("[2]:")
    assert "ran" not in notebook.panel.locator(".jp-OutputArea").all_inner_texts()


def test_restart_and_run_all_begins_anew(lab):
    notebook = lab.make("restart.ipynb", "n = 1", "n + 1", "n = n + 5; n")
    notebook.cell(0).run()
    notebook.cell(2).run()
    notebook.cell(2).run()
    expect(notebook.cell(2).prompt).to_have_text("[3]:")
    expect(notebook.cell(2).output).to_contain_text("11")
    notebook.tool("notebook:restart-run-all").click()
    lab.confirm("Restart")
    notebook.finished()
    expect(notebook.cell(2).output).to_contain_text("6")
    assert notebook.errors == []


def test_a_restarted_kernel_knows_nothing(lab):
    notebook = lab.make("forget.ipynb", "n = 1", "n")
    notebook.cell(0).run()
    notebook.tool("notebook:restart-kernel").click()
    lab.confirm("Restart")
    lab.rests()
    notebook.cell(1).run()
    expect(notebook.cell(1).error).to_contain_text("NameError")
    expect(notebook.cell(1).prompt).to_have_text("[1]:")


def test_a_flood_of_lines_does_not_freeze_the_page(lab):
    count = 20_000
    notebook = lab.make("flood.ipynb", f"for i in range({count}):\n    print('line', i)", "1 + 1")
    lab.page.evaluate(WATCH)
    flood = notebook.cell(0)
    flood.run()
    # The line, whole and last: nothing is lost, nothing is out of order.
    shown = flood.output.inner_text().split("\n")
    assert [line for line in shown if line] == [f"line {i}" for i in range(count)]
    notebook.cell(1).run()
    expect(notebook.cell(1).output).to_contain_text("2")
    # JupyterLab itself needs some hundred milliseconds for that much text.
    assert lab.page.evaluate("window.longest") < 10_000


def test_a_page_that_is_reloaded_finds_the_kernel_as_it_was(lab):
    notebook = lab.make("reload.ipynb", "n = 7", "print('on')\nwhile True:\n    n = n + 0", "n + 1")
    notebook.cell(0).run()
    notebook.cell(1).start()
    expect(notebook.cell(1).output).to_contain_text("on")
    lab.command("docmanager:save")
    lab.page.reload()
    expect(notebook.cell(1).output).to_contain_text("on")
    # The page's own questions do not make the kernel seem to rest.
    expect(lab.page.get_by_text("Nabla | Busy", exact=True)).to_be_visible()
    notebook.tool("notebook:interrupt-kernel").click()
    # Each answer to a question of the page shows as a moment of rest, too.
    lab.rests(for_milliseconds=500)
    notebook.cell(2).run()
    expect(notebook.cell(2).output).to_contain_text("8")


def test_input_is_asked_for_in_the_page(lab):
    notebook = lab.make("input.ipynb", "name = input('Who? ')\nprint('Hello,', name)")
    cell = notebook.cell(0)
    cell.start()
    box = cell.output.locator("input.jp-Stdin-input")
    expect(box).to_be_focused()
    lab.page.keyboard.type("Ada")
    lab.page.keyboard.press("Enter")
    cell.ends()
    expect(cell.output).to_contain_text("Hello, Ada")
