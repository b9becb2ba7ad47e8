#if canImport(Glibc)
  import Glibc
#endif

/// Where the history is kept.
public enum HistoryPlace: Sendable, Equatable {
  /// In a file, which other sessions share.
  case file(String)
  /// In memory, as long as the session lasts.
  case memory

  /// The place that a user names: a file, or memory by `off`, `:memory:` or an empty name.
  public init(named name: String) {
    self = ["", "off", ":memory:"].contains(name) ? .memory : .file(name)
  }

  /// The place where nobody names one: `$NABLA_HISTORY`, or a file in the user's data folder.
  ///
  /// That is `$XDG_DATA_HOME/nabla/history.sqlite`, or the same below `~/.local/share`; without a
  /// home it is memory.
  public static func standard(
    _ variable: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
  ) -> Self {
    if let name = variable("NABLA_HISTORY") { return Self(named: name) }
    // A path that is not absolute is to be ignored, says the specification of these folders.
    for (name, folder) in [("XDG_DATA_HOME", ""), ("HOME", "/.local/share")] {
      if let path = variable(name), path.hasPrefix("/") {
        return .file("\(path)\(folder)/nabla/history.sqlite")
      }
    }
    return .memory
  }
}
