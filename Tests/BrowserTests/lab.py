"""JupyterLab as its user sees it: menus, buttons, cells and keys, in a page of a browser."""

import re

import nbformat
from playwright.sync_api import expect

# A guard against hanging, many times what anything here takes.
PATIENCE = 60_000

expect.set_options(timeout=PATIENCE)

KERNELSPEC = {"display_name": "Nabla", "language": "nabla", "name": "nabla"}
LANGUAGE = {"name": "nabla", "mimetype": "text/x-python", "codemirror_mode": "python"}


class Lab:
    """JupyterLab in a page; opens notebooks and turns the theme."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        page.set_default_timeout(PATIENCE)

    def open(self, name):
        """Opens a notebook of the server's folder, and waits until its kernel is at rest."""
        self.page.goto(f"{self.server.url}lab/tree/{name}?token={self.server.token}&reset")
        self.rests()
        return Notebook(self.page)

    def make(self, name, *sources):
        """Opens a new notebook with these code cells."""
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": KERNELSPEC, "language_info": LANGUAGE},
            cells=[nbformat.v4.new_code_cell(source) for source in sources],
        )
        nbformat.write(notebook, self.server.notebooks / name)
        return self.open(name)

    def rests(self, for_milliseconds=0):
        # The status bar says both that the kernel is ours and that it has nothing to do.
        expect(self.page.get_by_text("Nabla | Idle", exact=True)).to_be_visible()
        if for_milliseconds:
            self.page.wait_for_timeout(for_milliseconds)
            self.rests()

    def command(self, name, **arguments):
        self.page.evaluate(
            "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments)",
            [name, arguments],
        )

    def theme(self, name):
        """Turns the theme: `Light` or `Dark`."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        body = self.page.locator("body")
        expect(body).to_have_attribute("data-jp-theme-name", f"JupyterLab {name}")

    def menu(self, menu, command):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.locator(f'.lm-Menu-item[data-command="{command}"]').click()

    def confirm(self, button):
        """Answers a dialog."""
        self.page.locator(".jp-Dialog-button", has_text=button).click()


class Notebook:
    """The notebook that is open."""

    def __init__(self, page):
        self.page = page
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.code = self.panel.locator(".jp-CodeCell")

    def cell(self, index):
        return Cell(self.page, self.code.nth(index))

    @property
    def cells(self):
        return [self.cell(index) for index in range(self.code.count())]

    @property
    def errors(self):
        """The names of the errors that cells show, as JupyterLab's own model has them."""
        return self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
              .filter(cell => cell.model.type === 'code')
              .flatMap(cell => cell.model.outputs.toJSON())
              .filter(output => output.output_type === 'error').map(output => output.ename)"""
        )

    def tool(self, command):
        """A button of the toolbar."""
        return self.panel.locator(f'.jp-NotebookPanel-toolbar [data-command="{command}"]')

    def finished(self):
        """Waits until all cells have run; they count from 1."""
        count = self.code.count()
        expect(self.cell(count - 1).prompt).to_have_text(f"[{count}]:")
        expect(self.code.locator(".jp-InputPrompt")).to_have_text(
            [f"[{number}]:" for number in range(1, count + 1)]
        )


class Cell:
    """A code cell."""

    def __init__(self, page, cell):
        self.page = page
        self.cell = cell
        self.prompt = cell.locator(".jp-InputPrompt")
        self.output = cell.locator(".jp-Cell-outputArea")
        self.table = self.output.locator("table.nabla-table")
        # Errors look like all that goes to stderr.
        self.error = self.output.locator('[data-mime-type="application/vnd.jupyter.stderr"]')

    def click(self):
        self.cell.locator(".cm-content").click()

    def type(self, text):
        """Types into the cell in place of what is there."""
        self.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def start(self):
        """Runs the cell with the keyboard, and does not wait."""
        self.click()
        self.page.keyboard.press("Control+Enter")

    def run(self):
        """Runs the cell and waits for its end."""
        before = self.prompt.inner_text()
        self.start()
        expect(self.prompt).not_to_have_text(before)
        self.ends()

    def ends(self):
        expect(self.prompt).to_have_text(re.compile(r"\[\d+\]:"))

    def rows(self):
        """The texts of a table's cells, row by row, its head first."""
        return self.table.first.locator("tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
        )
