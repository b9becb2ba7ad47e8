import EngineInterface

/// Strings as they are written in source.
public enum QuotedText {
  /// The string in quotes as Python's `repr` writes it: single quotes unless it holds only those.
  public static func quoted(_ string: String) -> String {
    let scalars = string.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = ""
    result.unicodeScalars.append(quote)
    for scalar in scalars {
      if scalar == quote || scalar == "\\" {
        result += "\\"
        result.unicodeScalars.append(scalar)
      } else {
        result += VisibleText.isPlain(scalar) ? String(scalar) : VisibleText.escape(scalar)
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }
}
