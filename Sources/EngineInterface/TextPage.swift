/// What a text may count on where it is shown: how wide and high, in which signs and colours.
public struct TextPage: Sendable, Equatable {
  /// The columns that a line may take; nil where nobody knows, as in a notebook.
  public var width: Int?
  /// The lines that are seen at once; nil where nobody knows.
  public var height: Int?
  public var colors: Colors
  /// Whether signs beyond ASCII can be seen.
  public var isUnicode: Bool

  /// Colours, from none to all that the eye tells apart.
  public enum Colors: Int, Sendable, Comparable {
    case none
    /// The few that every terminal has.
    case basic
    /// A palette of 256.
    case indexed
    /// 24 bits.
    case full

    public static func < (left: Colors, right: Colors) -> Bool { left.rawValue < right.rawValue }
  }

  public init(
    width: Int? = nil, height: Int? = nil, colors: Colors = .none, isUnicode: Bool = true
  ) {
    self.width = width
    self.height = height
    self.colors = colors
    self.isUnicode = isUnicode
  }

  /// The page of a notebook: its text is the same wherever it is opened.
  public static let notebook = TextPage()
}
