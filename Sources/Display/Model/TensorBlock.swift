import Autodiff

/// A tensor on its own, as the result of a cell.
public struct TensorBlock: Sendable {
  public var tensor: Tensor
  /// How the figures of a summary are written; entries are written as NumPy prints them.
  public var format: NumberFormat
  /// Range, mean, norm and thumbnail, when the tensor is too large to be shown whole.
  public let summary: TensorSummary?

  public init(_ tensor: Tensor, format: NumberFormat = NumberFormat()) {
    self.tensor = tensor
    self.format = format
    summary = tensor.count > ArrayFormat().threshold ? TensorSummary(tensor) : nil
  }

  var isLarge: Bool { summary != nil }

  /// The entries, or those at the edges of a large tensor.
  func arrayText(width: Int) -> String {
    ArrayFormat(lineWidth: width).string(tensor)
  }
}
