import CEdit

/// The library that lines are edited with.
public enum LineEditing {
  /// Whether it can be opened; without it lines are read as the terminal gives them.
  public static var isAvailable: Bool { nabla_edit_is_available() != 0 }
}
