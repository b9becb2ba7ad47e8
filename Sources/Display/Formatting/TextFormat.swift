/// The formatting of values into text that the language offers.
public enum TextFormat {
  /// The number as `format(value, spec)` and `f"{value:spec}"` write it.
  public static func format(value: Double, spec: String) throws(FormatError) -> String {
    try format(.number(value), spec: spec)
  }

  /// The value as `format(value, spec)` and `f"{value:spec}"` write it.
  ///
  /// Without a specification this is what `str` gives.
  public static func format(_ value: FormatArgument, spec: String) throws(FormatError) -> String {
    spec.isEmpty ? value.text : try FormatSpec(spec).format(value)
  }
}
