/// What a check found out about one thing.
struct Finding: Equatable {
  enum Status: String, Equatable {
    case ok
    /// Something is missed that Nabla can do without.
    case warn
    /// Notebooks do not run, or not as they should.
    case fail
  }

  var status: Status
  /// What was looked at and what it is like, in one line.
  var detail: String
  /// What to do about it; nil where all is well.
  var mend: String?

  static func ok(_ detail: String) -> Self { Self(status: .ok, detail: detail) }

  static func warn(_ detail: String, mend: String) -> Self {
    Self(status: .warn, detail: detail, mend: mend)
  }

  static func fail(_ detail: String, mend: String) -> Self {
    Self(status: .fail, detail: detail, mend: mend)
  }
}
