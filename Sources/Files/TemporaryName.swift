/// Names for `mkstemp` and `mkdtemp` to complete.
public enum TemporaryName {
  /// The name with a place for six characters of the system's choice, as those calls want it.
  public static func template(_ name: String) -> [CChar] {
    Array("\(name).\(String(repeating: "X", count: 6))".utf8CString)
  }
}
