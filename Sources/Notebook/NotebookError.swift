import JSON

/// Why a file cannot be used as a notebook, in one line.
public struct NotebookError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  static func notJSON(_ error: JSON.ParseError) -> Self {
    Self(description: "not a notebook: \(error)")
  }

  static let empty = Self(description: "not a notebook: the file is empty")

  static let notNotebook = Self(
    description: "not a notebook: the file is JSON, but names no version of nbformat")

  static func version(_ major: Int) -> Self {
    Self(
      description: major < 4
        ? "nbformat \(major) is too old: convert it with `jupyter nbconvert --to notebook "
          + "--nbformat 4`"
        : "nbformat \(major) is newer than nbformat 4, which is known here")
  }

  static let noCells = Self(description: "not a notebook: there is no list of cells")

  static func cell(_ number: Int, _ message: String) -> Self {
    Self(description: "not a valid notebook: cell \(number) \(message)")
  }

  static func otherLanguage(_ declared: String, than language: String) -> Self {
    Self(description: "this notebook is written for \(declared), not for \(language)")
  }
}
