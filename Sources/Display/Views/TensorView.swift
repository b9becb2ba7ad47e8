import Autodiff

/// A tensor as the result of a cell.
public struct TensorView: Displayable {
  public var tensor: Tensor
  /// Significant digits of range, mean and norm.
  public var precision: Int

  public init(_ tensor: Tensor, precision: Int = NumberFormat.defaultPrecision) {
    self.tensor = tensor
    self.precision = precision
  }

  public var document: Document {
    Document([.tensor(TensorBlock(tensor, format: NumberFormat(precision: precision)))])
  }
}
