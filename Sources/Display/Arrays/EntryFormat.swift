import Autodiff

/// How the entries of one tensor are written, all to the same width.
///
/// Built from the entries that will be shown; whether a tensor is whole is asked of all its entries.
struct EntryFormat {
  /// The digits that an entry gets.
  enum Notation: Hashable {
    /// As NumPy decides: up to so many digits after the point, scientific when the range asks for it.
    case numpy(precision: Int)
    /// Significant digits for each entry by itself, aligned on the decimal point.
    case significant(NumberFormat)
  }

  private enum Layout {
    case mask
    case whole(keepsSignOfZero: Bool)
    case fixed(precision: Int, padRight: Int)
    case scientific(precision: Int, exponentWidth: Int)
    case significant(NumberFormat, padRight: Int)
  }

  private var layout: Layout
  /// Columns before the decimal point, or in all where there is none.
  private var padLeft = 0

  /// A format for `shown`, entries of a mask or of a tensor that is whole or not.
  init(shown: [Double], isMask: Bool, isWhole: Bool, notation: Notation) {
    layout = .mask
    if isMask { return }
    if isWhole {
      var keepsSignOfZero = false
      if case .numpy = notation { keepsSignOfZero = true }
      layout = .whole(keepsSignOfZero: keepsSignOfZero)
      padLeft = shown.map { EntryFormat.whole($0, keepsSignOfZero).utf8.count }.max() ?? 0
      return
    }
    switch notation {
    case .numpy(let precision): fitNumPy(shown, precision: precision)
    case .significant(let format): fitSignificant(shown, format)
    }
  }

  /// Whether every finite entry is whole and small enough to be written in full.
  static func isWhole(_ tensor: Tensor, notation: Notation) -> Bool {
    let limit =
      switch notation {
      case .numpy: 1e16.nextDown
      case .significant: NumberFormat.largestWhole
      }
    return unsafe tensor.withEntries { entries in
      unsafe entries.allSatisfy {
        !$0.isFinite || ($0 == $0.rounded() && $0.magnitude <= limit)
      }
    }
  }

  private mutating func fitNumPy(_ shown: [Double], precision: Int) {
    let finite = shown.filter(\.isFinite)
    let magnitudes = finite.filter { $0 != 0 }.map(\.magnitude)
    let largest = magnitudes.max() ?? 1
    let smallest = magnitudes.min() ?? 1
    var padRight = 0
    if largest >= 1e8 || smallest < 0.0001 || largest / smallest > 1000 {
      var exponentWidth = 0
      var places = 0
      for number in finite {
        let decimal = Decimal(number).rounded(digits: precision + 1, exactly: false)
        places = max(places, decimal.scientific().fraction.utf8.count)
        exponentWidth = max(exponentWidth, String(decimal.exponent.magnitude).utf8.count, 2)
        padLeft = max(padLeft, decimal.isNegative ? 2 : 1)
      }
      layout = .scientific(precision: places, exponentWidth: exponentWidth)
      padRight = exponentWidth + 2 + places
    } else {
      for number in finite {
        let decimal = Decimal(number).rounded(places: precision, exactly: false)
        padRight = max(padRight, decimal.fraction().utf8.count)
        padLeft = max(padLeft, decimal.wholePart.utf8.count + (decimal.isNegative ? 1 : 0))
      }
      layout = .fixed(precision: precision, padRight: padRight)
    }
    fitNonFinite(shown, after: padRight + 1)
  }

  private mutating func fitSignificant(_ shown: [Double], _ format: NumberFormat) {
    var padRight = 0
    for number in shown where number.isFinite {
      let (left, right) = DecimalAlignment.split(format.string(number))
      padLeft = max(padLeft, left)
      padRight = max(padRight, right)
    }
    layout = .significant(format, padRight: padRight)
    fitNonFinite(shown, after: padRight)
  }

  /// `nan` and `inf` end where the digits end, so they may reach over the decimal point.
  private mutating func fitNonFinite(_ shown: [Double], after right: Int) {
    for number in shown where !number.isFinite {
      padLeft = max(padLeft, NumberFormat.nonFinite(number).utf8.count - right)
    }
  }

  /// An entry, padded to the format's width.
  func text(_ number: Double) -> String {
    switch layout {
    case .mask: return number != 0 ? " True" : "False"
    case .whole(let keepsSignOfZero):
      return padded(EntryFormat.whole(number, keepsSignOfZero), to: padLeft)
    case .fixed(let precision, let padRight):
      guard number.isFinite else { return nonFinite(number, width: padLeft + padRight + 1) }
      let decimal = Decimal(number).rounded(places: precision, exactly: false)
      let fraction = decimal.fraction()
      return padded((decimal.isNegative ? "-" : "") + decimal.wholePart, to: padLeft) + "."
        + fraction + String(repeating: " ", count: padRight - fraction.utf8.count)
    case .scientific(let precision, let exponentWidth):
      let width = padLeft + precision + exponentWidth + 3
      guard number.isFinite else { return nonFinite(number, width: width) }
      let decimal = Decimal(number).rounded(digits: precision + 1, exactly: true)
      let (lead, fraction) = decimal.scientific(places: precision)
      return padded((decimal.isNegative ? "-" : "") + lead, to: padLeft) + "." + fraction
        + Decimal.exponentText(decimal.exponent, width: exponentWidth)
    case .significant(let format, let padRight):
      guard number.isFinite else { return nonFinite(number, width: padLeft + padRight) }
      let text = format.string(number)
      let (left, right) = DecimalAlignment.split(text)
      return String(repeating: " ", count: padLeft - left) + text
        + String(repeating: " ", count: padRight - right)
    }
  }

  private func nonFinite(_ number: Double, width: Int) -> String {
    padded(NumberFormat.nonFinite(number), to: width)
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  /// An entry of a whole tensor; tables drop the sign of a zero, as they do for numbers.
  private static func whole(_ number: Double, _ keepsSignOfZero: Bool) -> String {
    number == 0 && !keepsSignOfZero ? "0" : NumberFormat.shortest(number)
  }
}
