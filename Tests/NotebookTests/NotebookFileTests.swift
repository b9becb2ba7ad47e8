import EngineInterface
import JSON
import Notebook
import Testing

@Suite struct NotebookFileTests {
  /// What Jupyter writes, with an unknown field and an odd escape in each place that must stay.
  static let text = """
    {
     "cells": [
      {
       "cell_type": "markdown",
       "id": "intro",
       "metadata": {"collapsed":  true},
       "source": [
        "# A circuit\\n",
        "caf\\u00e9"
       ]
      },
      {
       "cell_type": "code",
       "execution_count": 7,
       "id": "first",
       "metadata": {
        "tags": []
       },
       "outputs": [
        {
         "name": "stdout",
         "output_type": "stream",
         "text": [
          "old\\n"
         ]
        }
       ],
       "source": [
        "out one\\n",
        "out two"
       ],
       "unknown": 1.50
      },
      {
       "cell_type": "code",
       "execution_count": null,
       "metadata": {},
       "outputs": [],
       "source": "rich"
      }
     ],
     "metadata": {
      "kernelspec": {
       "display_name": "Nabla",
       "language": "nabla",
       "name": "nabla"
      },
      "mine": 1e2
     },
     "nbformat": 4,
     "nbformat_minor": 4
    }

    """

  private func run(_ text: String) throws -> String {
    var notebook = try Notebook(parsing: Array(text.utf8))
    _ = NotebookRunner(host: EngineHost(ScriptedEngine())).run(&notebook)
    return String(decoding: notebook.serialized(), as: UTF8.self)
  }

  @Test("cells are read whether their source is a text or a list of lines")
  func reading() throws {
    let notebook = try Notebook(parsing: Array(Self.text.utf8))
    #expect(notebook.minorVersion == 4)
    #expect(notebook.language == "nabla")
    #expect(notebook.cells.map(\.kind) == [.markdown, .code, .code])
    #expect(notebook.cells.map(\.source) == ["# A circuit\ncafé", "out one\nout two", "rich"])
    #expect(notebook.cells.map(\.id) == ["intro", "first", nil])
    #expect(notebook.cells[1].executionCount == 7)
    #expect(notebook.cells[1].outputs == [.stream(.stdout, "old\n")])
    #expect(notebook.cells[0].metadata["collapsed"] == true)
  }

  @Test("a notebook that was not run is written as it came")
  func untouched() throws {
    #expect(
      String(decoding: try Notebook(parsing: Array(Self.text.utf8)).serialized(), as: UTF8.self)
        == Self.text)
  }

  @Test("a run changes counts and outputs and no other byte")
  func changes() throws {
    let expected = Self.text
      .replacing("\"execution_count\": 7", with: "\"execution_count\": 1")
      .replacing("      \"old\\n\"", with: "      \"one\\n\",\n      \"two\\n\"")
      .replacing("\"execution_count\": null", with: "\"execution_count\": 2")
      .replacing(
        "   \"outputs\": [],",
        with: """
             "outputs": [
              {
               "data": {
                "application/vnd.dataresource+json": {
                 "data": [
                  {
                   "v": 1
                  }
                 ],
                 "schema": {}
                },
                "text/html": [
                 "<b>x</b>"
                ],
                "text/plain": [
                 "a\\n",
                 "b"
                ]
               },
               "metadata": {},
               "output_type": "display_data"
              }
             ],
          """)
    #expect(try run(Self.text) == expected)
    #expect(try run(expected) == expected, "a second run finds the outputs as they are")
  }

  @Test("a notebook on one line stays on one line")
  func compact() throws {
    let text =
      #"{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[{"cell_type":"code","source":"out x","metadata":{},"outputs":[],"execution_count":null}]}"#
    let expected =
      #"{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[{"cell_type":"code","source":"out x","metadata":{},"outputs":[{"name":"stdout","output_type":"stream","text":["x\n"]}],"execution_count":1}]}"#
    #expect(try run(text) == expected)
  }

  @Test("what nbformat 4.5 asks for is added at its place", arguments: ["out x", ""])
  func additions(source: String) throws {
    let text = """
      {
       "cells": [
        {
         "cell_type": "code",
         "source": "\(source)"
        },
        {
         "cell_type": "markdown",
         "id": "kept",
         "source": ""
        }
       ],
       "metadata": {},
       "nbformat": 4,
       "nbformat_minor": 5
      }
      """
    let written = try run(text)
    let cells = try #require(JSON(parsing: written)["cells"]?.array)
    #expect(
      cells[0].object?.keys == [
        "cell_type", "execution_count", "id", "metadata", "outputs", "source",
      ])
    #expect(cells[1].object?.keys == ["cell_type", "id", "metadata", "source"])
    #expect(cells[1]["id"] == "kept")
    let id = try #require(cells[0]["id"]?.string)
    #expect(id.count == 8 && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    #expect(written.contains("\n   \"id\": \"\(id)\",\n"))
  }

  @Test(
    "an output is the same after writing and reading",
    arguments: [
      .stream(.stderr, "a\r\nb\u{2028}c\rd"), .display(MIMEBundle(plain: "")),
      .display(
        MIMEBundle(
          data: ["application/json": ["b": "x\ny"], "image/png": "AAAA\n"], metadata: ["k": 1])),
      .result(MIMEBundle(plain: "x\n"), executionCount: 3),
      .result(MIMEBundle(plain: "x"), executionCount: nil),
      .error(name: "E", message: "m", traceback: ["a\nb", ""]),
      .other(["output_type": "new", "x": 1]),
    ] as [Output])
  func outputs(output: Output) {
    #expect(Output(output.json) == output)
  }

  @Test("lines end where Python's splitlines ends them")
  func lines() {
    let output = Output.stream(.stdout, "a\r\nb\rc\n\u{85}d\u{1D}e\t f")
    #expect(output.json["text"] == ["a\r\n", "b\r", "c\n", "\u{85}", "d\u{1D}", "e\t f"])
  }

  @Test(
    "a file that is no notebook gets one line that says why",
    arguments: [
      ("", "not a notebook: the file is empty"), ("print(1)", "line 1, column 1"),
      ("{\n\"cells\": [}", "line 2"),
      ("{}", "names no version"), ("[]", "names no version"), ("3", "names no version"),
      (#"{"nbformat":3,"worksheets":[]}"#, "nbformat 3 is too old"),
      (#"{"nbformat":5,"cells":[]}"#, "nbformat 5 is newer"),
      (#"{"nbformat":4}"#, "no list of cells"), (#"{"nbformat":4,"cells":{}}"#, "no list of cells"),
      (#"{"nbformat":4,"cells":[1]}"#, "cell 1 is not an object"),
      (#"{"nbformat":4,"cells":[{}]}"#, "cell 1 has no type"),
      (#"{"nbformat":4,"cells":[{"cell_type":"code"}]}"#, "cell 1 has no source"),
      (
        #"{"nbformat":4,"cells":[{"cell_type":"code","source":[1]}]}"#,
        "cell 1 has no source that is a text"
      ),
    ])
  func broken(text: String, message: String) throws {
    let error = try #require(throws: NotebookError.self) {
      try Notebook(parsing: Array(text.utf8))
    }
    #expect(error.description.contains(message))
    #expect(!error.description.contains("\n"))
  }

  @Test("bytes that are not UTF-8 are told as such")
  func notUTF8() throws {
    let error = try #require(throws: NotebookError.self) {
      try Notebook(parsing: Array("{\"a\": \"".utf8) + [0xFF] + Array("\"}".utf8))
    }
    #expect(error.description.contains("UTF-8"))
  }

  @Test(
    "a notebook of another language is refused, one that names none is not",
    arguments: [
      ("{}", true),
      (#"{"kernelspec":{"name":"nabla","language":"nabla"}}"#, true),
      (#"{"kernelspec":{"name":"nabla-test","language":"nabla"}}"#, true),
      (#"{"kernelspec":{"name":"nabla"},"language_info":{"name":"python"}}"#, true),
      (#"{"kernelspec":{"name":"python3","language":"python"}}"#, false),
      (#"{"language_info":{"name":"julia"}}"#, false),
      (#"{"kernelspec":{"name":"ir"}}"#, false),
    ])
  func language(metadata: String, isAccepted: Bool) throws {
    let notebook = try Notebook(
      parsing: Array(#"{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":\#(metadata)}"#.utf8))
    if isAccepted {
      try notebook.checkLanguage("nabla")
    } else {
      #expect(throws: NotebookError.self) { try notebook.checkLanguage("nabla") }
    }
  }
}
