import JSON

/// A notebook in nbformat 4, and what a run has changed in it.
///
/// What is not changed is written back byte for byte; see ``serialized()``.
public struct Notebook: Sendable {
  let document: JSON.Document

  /// The minor version of nbformat 4.
  public let minorVersion: Int

  public var cells: [Cell]

  /// The metadata of the whole notebook.
  public var metadata: JSON.Object { document.root["metadata"]?.value.object ?? [:] }

  public init(parsing bytes: [UInt8]) throws(NotebookError) {
    if bytes.isBlank { throw .empty }
    do {
      document = try JSON.Document(bytes)
    } catch {
      throw .notJSON(error)
    }
    guard let major = document.root["nbformat"]?.int else { throw .notNotebook }
    guard major == 4 else { throw .version(major) }
    minorVersion = document.root["nbformat_minor"]?.int ?? 0
    guard let list = document.root["cells"], list.kind == .array else { throw .noCells }
    cells = []
    for (index, element) in list.elements.enumerated() {
      cells.append(try Cell(element, number: index + 1))
    }
  }

  /// The language that the notebook is written for, as its metadata say; nil where they say nothing.
  ///
  /// The metadata of the kernel's specification come first: those of the language are left by the
  /// last kernel that ran the notebook.
  public var language: String? {
    metadata["kernelspec"]?["language"]?.string ?? metadata["language_info"]?["name"]?.string
      ?? metadata["kernelspec"]?["name"]?.string
  }

  /// Checks that the notebook is meant for a language; one that names none is meant for all.
  public func checkLanguage(_ name: String) throws(NotebookError) {
    guard let language, language != name, metadata["kernelspec"]?["name"]?.string != name else {
      return
    }
    throw .otherLanguage(language, than: name)
  }
}
