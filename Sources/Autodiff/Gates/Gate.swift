/// A row of the gate table: all that is known of one gate.
///
/// Lookup, completion, help, structure, reverse and forward mode and the numeric check read this
/// row; the engine never names a gate.
public final class Gate: Sendable {
  public let name: String
  /// The operands' names, as help and completion show them.
  public let operands: [String]
  /// What the last operands are when a call leaves them out, as the margin of a hinge loss.
  public let defaults: [Double]
  /// The parameters after the operands with their defaults, as `axis=None`.
  public let parameters: [String]
  /// How it is written in circuits and formulas: `+`, `σ`, `tanh`.
  public let symbol: String
  /// One line on what it does.
  public let summary: String
  /// The forward formula as text.
  public let formula: String
  /// What it does to `{0}` and `{1}`, as an error says it: `divide {0} by {1}`.
  let phrase: String
  /// The local gradients as text, for gates that have no ``Formula`` for them.
  let localText: String?
  /// The value chosen at kinks and ties, and edge cases.
  public let note: String?
  /// Where the definition comes from, as a standard, a paper or a library whose semantics it has.
  public let source: String
  /// For each operand the range from which tests draw entries, clear of kinks and poles.
  public let domain: [ClosedRange<Double>]
  /// Operands and parameters that tests apply the gate to, for gates that need more than any shape.
  let samples: [Sample]
  public let kind: Kind
  /// The place in the table; set once, when the table is made.
  let index: UInt16
  /// What the local gradients of an elementwise gate are made of.
  let needs: (Needs, Needs)

  /// What a local gradient uses: a bit for each operand, and one for the result.
  struct Needs: OptionSet {
    let rawValue: UInt8
    static let first = Needs(rawValue: 1)
    static let second = Needs(rawValue: 2)
    static let result = Needs(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ partial: Formula?) {
      self = []
      guard let partial else { return }
      if partial.uses(operand: 0) { insert(.first) }
      if partial.uses(operand: 1) { insert(.second) }
      if partial.usesResult { insert(.result) }
    }
  }

  /// Operands' shapes and the parameters for a test of a row.
  public struct Sample: Sendable {
    public var shapes: [Shape]
    public var parameters: Parameters
    /// The operands that are masks: their entries are drawn from 0 and 1.
    public var masks: Set<Int>
    /// The operands whose square matrices get a heavy diagonal, so that they have an inverse.
    public var heavy: Set<Int>

    public init(
      _ shapes: [Shape], _ parameters: Parameters = .none, masks: Set<Int> = [],
      heavy: Set<Int> = []
    ) {
      self.shapes = shapes
      self.parameters = parameters
      self.masks = masks
      self.heavy = heavy
    }
  }

  public enum Kind: Sendable {
    /// One entry in, one entry out.
    case unary(Unary)
    /// Two entries in, one out, with broadcasting.
    case binary(Binary)
    /// Whole tensors in, one out.
    case general(General)
    /// A pair of forward and backward that a user wrote; the host runs both.
    case custom(Custom)
  }

  /// An elementwise gate of one operand.
  public struct Unary: Sendable {
    let scalar: @Sendable (Double) -> Double
    /// A vectorised loop, where there is one that beats calling `scalar`.
    let kernel: UnaryKernel?
    /// The local gradient; nil where none is defined, as for comparisons.
    let partial: Formula?
    /// Whether the result is a mask.
    let isMask: Bool
  }

  /// An elementwise gate of two operands.
  public struct Binary: Sendable {
    let scalar: @Sendable (Double, Double) -> Double
    let kernel: BinaryKernel?
    /// The local gradients by operand; nil where none is defined.
    let partials: (Formula, Formula)?
    let isMask: Bool
  }

  /// A gate of whole tensors.
  public struct General: Sendable {
    let forward: @Sendable ([Tensor], Parameters) throws(GateError) -> Tensor
    /// The same where the result is recorded, with what local Jacobians need of the way to it, so
    /// that they need not find it again; nil where they need nothing.
    let caching: Caching?
    /// The local Jacobian for an operand; nil where none is defined.
    let local: (@Sendable (inout Tape, Application, Int) throws(GateError) -> LinearMap)?
    /// Whether local Jacobians use the values of operands, and of the result; else only their
    /// shapes are kept.
    let usesOperands: Bool
    let usesResult: Bool
    /// A shorter way for numeric backward passes, to what the local Jacobian says.
    let shortcut: Shortcut?

    /// How numeric backward passes go through gates that they meet most, without making a map.
    ///
    /// The tests hold each against the row's local Jacobian.
    enum Shortcut: Sendable {
      /// The gradient of a sum or mean over all entries, which fills the operand's.
      case filling(isMean: Bool)
      /// Parts of the gradient, one for each operand.
      case parting(isNew: Bool)
      /// Two products by OpenBLAS.
      case product
      /// A program that goes back through a fused expression.
      case fused
    }

    typealias Caching =
      @Sendable ([Tensor], Parameters) throws(GateError) -> (Tensor, any Sendable)
  }

  init(
    name: String, operands: [String], defaults: [Double] = [], parameters: [String],
    symbol: String?, summary: String, formula: String, phrase: String? = nil, localText: String?,
    note: String?, source: String, domain: [ClosedRange<Double>], samples: [Sample], kind: Kind,
    index: UInt16 = 0
  ) {
    self.name = name
    self.operands = operands
    self.defaults = defaults
    self.phrase = phrase ?? "\(name) {0} and {1}"
    self.parameters = parameters
    self.symbol = symbol ?? name
    self.summary = summary
    self.formula = formula
    self.localText = localText
    self.note = note
    self.source = source
    self.domain = domain
    self.samples = samples
    self.kind = kind
    self.index = index
    switch kind {
    case .unary(let row): needs = (Needs(row.partial), [])
    case .binary(let row): needs = (Needs(row.partials?.0), Needs(row.partials?.1))
    case .general, .custom: needs = ([], [])
    }
  }

  /// A gate that a user wrote.
  ///
  /// Its backward maps the upstream gradient to one for each operand, nil where it gives none. It
  /// may itself use the tape, so passes call it between their own steps.
  public struct Custom: Sendable {
    public typealias Backward = @Sendable (Application, Traced) throws(GateError) -> [Traced?]
    public typealias Forward = @Sendable ([Tensor]) throws(GateError) -> Tensor
    let backward: Backward
    /// The value at other operands, for numeric checks.
    let forward: Forward
  }

  /// A gate of the user's own, which is in no table.
  public static func custom(
    name: String, operands: [String], summary: String, forward: @escaping Custom.Forward,
    backward: @escaping Custom.Backward
  ) -> Gate {
    Gate(
      name: name, operands: operands, parameters: [], symbol: nil, summary: summary,
      formula: "\(name)(\(operands.joined(separator: ", ")))", localText: "as its backward says",
      note: nil, source: "the user", domain: [], samples: [],
      kind: .custom(Custom(backward: backward, forward: forward)))
  }

  /// The same row at its place in the table.
  func placed(at index: UInt16) -> Gate {
    Gate(
      name: name, operands: operands, defaults: defaults, parameters: parameters, symbol: symbol,
      summary: summary, formula: formula, phrase: phrase, localText: localText, note: note,
      source: source, domain: domain, samples: samples, kind: kind, index: index)
  }

  /// Whether gradients flow through it.
  public var isDifferentiable: Bool {
    switch kind {
    case .unary(let row): row.partial != nil
    case .binary(let row): row.partials != nil
    case .general(let row): row.local != nil
    case .custom: true
    }
  }

  /// The local gradient for each operand as text, in the operands' names and `f` for the result.
  public var localGradients: [String] {
    func text(_ formula: Formula) -> String { formula.text(operands: operands, result: "f") }
    switch kind {
    case .unary(let row): return row.partial.map { [text($0)] } ?? []
    case .binary(let row): return row.partials.map { [text($0.0), text($0.1)] } ?? []
    case .general, .custom: return localText.map { [$0] } ?? []
    }
  }

  /// The call as help and completion show it: `(x, axis=None)`.
  public var signature: String {
    let required = operands.count - defaults.count
    let optional = zip(operands[required...], defaults).map { name, value in
      "\(name)=\(Formula.constant(value).text(operands: [], result: "f"))"
    }
    return "(" + (operands[..<required] + optional + parameters).joined(separator: ", ") + ")"
  }
}

/// A loop over entries: source, destination, count.
typealias UnaryKernel =
  @convention(c) (UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, Int) -> Void

/// A loop over pairs: each source with its step (0 repeats one entry, 1 walks), destination, count.
typealias BinaryKernel =
  @convention(c) (
    UnsafePointer<Double>?, Int, UnsafePointer<Double>?, Int, UnsafeMutablePointer<Double>?, Int
  ) -> Void

/// What a gate is told beside its operands.
public enum Parameters: Sendable {
  case none
  /// Axes of a reduction, nil for all, each in `0 ..< rank`.
  case axes([Int]?, keepDimensions: Bool)
  /// One axis, in `0 ..< rank`.
  case axis(Int)
  case shape(Shape)
  /// The order of axes of a transposition.
  case permutation([Int])
  case selection(Selection)
  /// Class labels, one a row.
  case labels([Int])
  case numbers([Double])
  /// Labels with a number, as the margin of a hinge loss.
  case labelsAndNumber([Int], Double)
  /// Whatever else a family of gates needs: ``Spread``, ``Roll``, ``Repetition``, ``Padding``,
  /// ``DiagonalOffset``.
  case other(any Sendable)
}

/// One application of a gate, as its local Jacobian sees it.
///
/// Operands and result hold entries only where the row says that it uses them; their shapes are
/// always right.
public final class Application: Sendable {
  public let operands: [Traced]
  public let parameters: Parameters
  public let result: Traced
  /// What the forward pass kept for the local Jacobians, of gates that keep something.
  public let cache: (any Sendable)?

  init(
    operands: [Traced], parameters: Parameters, result: Traced, cache: (any Sendable)? = nil
  ) {
    self.operands = operands
    self.parameters = parameters
    self.result = result
    self.cache = cache
  }
}
