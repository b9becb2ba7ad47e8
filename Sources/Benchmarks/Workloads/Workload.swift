import Autodiff

/// A computation that is timed: a cell of Nabla with its inputs, and what is asked of it.
struct Workload: Sendable {
  /// How tables, `--only` and the peers call it: `W5:1000`.
  let key: String
  let title: String
  /// The name under which the peers' file runs it and its other sizes: `W5`.
  let group: String
  /// How the peers' results call it.
  let peerKey: String
  /// Libraries to leave out, because they run another form of it.
  var excludedPeers: Set<String> = []
  /// The only libraries to take, for the same reason.
  var onlyPeers: Set<String>?

  /// The cell: what a user would write; defines what `call` calls.
  let cell: String
  /// What is timed: one forward and one backward pass, the graph built anew.
  var call = "step()"
  /// What runs before the results are compared; its value is the loss.
  var trial = "step()"
  /// How often the trial runs.
  var trials = 1
  /// Expressions whose values are compared, after the trials; the loss is compared too.
  let results: Results

  /// Makes the inputs.
  let inputs: @Sendable () -> [Input]
  /// The same results by other means than Nabla or a peer; nil where that takes long.
  var reference: (@Sendable () -> Reference)?

  /// Whether quick runs leave it out.
  var isLarge = false
  /// At most so many repeats, where one takes seconds.
  var maximumRepeats = 9
  var threads = 1
  /// What is asked for, on the machine of ``Limit/machine``.
  var must: Limit?
  var aim: Limit?

  struct Input: Sendable {
    let name: String
    let tensor: Tensor
    var isParam = false

    static func data(_ name: String, _ tensor: Tensor) -> Input {
      Input(name: name, tensor: tensor)
    }
    static func param(_ name: String, _ tensor: Tensor) -> Input {
      Input(name: name, tensor: tensor, isParam: true)
    }
  }

  enum Results: Sendable {
    /// Tensors by expressions, such as gradients.
    case tensors([String])
    /// The net's 337 gradients in one list, compared matrix by matrix.
    case netGradients(String)
    /// The trial's value is a Jacobian, compared by sum and norm of its entries.
    case jacobian
    /// The trial's value is a Jacobian, compared entry by entry as a tensor.
    case denseJacobian
  }

  /// What a time is held against.
  enum Limit: Sendable {
    /// The machine that the seconds are for.
    static let machine = "two cores of an AMD EPYC (Zen 4, 3.7 GHz)"

    case seconds(Double)
    /// So many times the best peer's time.
    case timesBest(Double)
    /// So many times another row's time: linear growth, with a tenth for the caches.
    case timesRow(Double, String)
  }
}

extension Workload {
  /// All, in the order of the table; those with two threads at the end of their group.
  static let all: [Workload] =
    scalars + networkOfGates + elementwise + products + classifiers
    + training + jacobians + convolution

  /// The same on another number of threads.
  func on(threads: Int, must: Limit, aim: Limit) -> Workload {
    var copy = self
    copy.threads = threads
    copy.must = must
    copy.aim = aim
    return copy
  }

  /// The key with the number of threads, where that is not 1.
  var row: String { threads == 1 ? key : "\(key) ×\(threads)" }
}
