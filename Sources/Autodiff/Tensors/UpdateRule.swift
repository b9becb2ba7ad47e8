import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How an optimiser moves a parameter against its gradient.
public struct UpdateRule: Sendable {
  /// The name that the language gives it.
  public let name: String
  /// What `state` calls the tensors that it keeps for each parameter.
  public let state: [String]
  /// The numbers that it is told, with their defaults and the range that they must be in.
  public let settings: [Setting]
  public let formula: String
  /// Where the form comes from.
  public let source: String
  let step: @Sendable (Step) -> Void

  public struct Setting: Sendable {
    public let name: String
    public let value: Double
    public let range: Range
    public enum Range: Sendable { case any, notNegative, share }
  }

  /// One step of one parameter: entries to write, the gradient, the state, the settings in order.
  struct Step {
    let p: UnsafeMutablePointer<Double>
    let g: UnsafePointer<Double>
    let state: [UnsafeMutablePointer<Double>]
    let settings: [Double]
    /// How many steps were taken, this one included.
    let count: Int
    let entries: Int
  }

  /// Moves a parameter, in place; gradient and state have its shape.
  public func step(
    _ parameter: inout Tensor, gradient: Tensor, state: inout [Tensor], settings: [Double],
    count: Int
  ) {
    let entries = parameter.count
    guard entries > 0 else { return }
    func withState(
      _ place: Int, _ pointers: [UnsafeMutablePointer<Double>],
      _ body: ([UnsafeMutablePointer<Double>]) -> Void
    ) {
      guard place < state.count else { return body(pointers) }
      var own = state[place]
      // Given back below: meanwhile nothing else holds its buffer, so it is written in place.
      state[place] = Tensor(0)
      own.update { entries in
        guard let start = entries.baseAddress else { return }
        withState(place + 1, pointers + [start], body)
      }
      state[place] = own
    }
    gradient.withEntries { gradient in
      parameter.update { values in
        guard let p = values.baseAddress, let g = gradient.baseAddress else { return }
        withState(0, []) { pointers in
          step(
            Step(
              p: p, g: g, state: pointers, settings: settings, count: count, entries: entries))
        }
      }
    }
  }
}

extension UpdateRule {
  private static let decay = Setting(name: "weight_decay", value: 0, range: .any)

  private static func rate(_ value: Double) -> Setting {
    Setting(name: "lr", value: value, range: .any)
  }
  private static func share(_ name: String, _ value: Double) -> Setting {
    Setting(name: name, value: value, range: .share)
  }
  private static let eps = Setting(name: "eps", value: 1e-8, range: .notNegative)

  /// All rules; a new one is one entry here.
  public static let all: [UpdateRule] = [
    UpdateRule(
      name: "sgd", state: [], settings: [rate(1e-2), decay], formula: "p -= lr * g",
      source: "CS231n",
      step: { nabla_step_sgd($0.p, $0.g, $0.settings[0], $0.settings[1], $0.entries) }),
    UpdateRule(
      name: "momentum", state: ["v"], settings: [rate(1e-2), share("mu", 0.9), decay],
      formula: "v = mu * v - lr * g; p += v", source: "CS231n",
      step: {
        nabla_step_momentum(
          $0.p, $0.g, $0.state[0], $0.settings[0], $0.settings[1], $0.settings[2], $0.entries)
      }),
    UpdateRule(
      name: "nesterov", state: ["v"], settings: [rate(1e-2), share("mu", 0.9), decay],
      formula: "v_prev = v; v = mu * v - lr * g; p += -mu * v_prev + (1 + mu) * v",
      source: "CS231n",
      step: {
        nabla_step_nesterov(
          $0.p, $0.g, $0.state[0], $0.settings[0], $0.settings[1], $0.settings[2], $0.entries)
      }),
    UpdateRule(
      name: "rmsprop", state: ["cache"],
      settings: [rate(1e-2), share("decay", 0.99), eps, decay],
      formula: "cache = decay * cache + (1 - decay) * g**2; p -= lr * g / (sqrt(cache) + eps)",
      source: "CS231n",
      step: {
        nabla_step_rmsprop(
          $0.p, $0.g, $0.state[0], $0.settings[0], $0.settings[1], $0.settings[2], $0.settings[3],
          $0.entries)
      }),
    UpdateRule(
      name: "adam", state: ["m", "v"],
      settings: [rate(1e-3), share("beta1", 0.9), share("beta2", 0.999), eps, decay],
      formula: "m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g**2;"
        + " p -= lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)",
      source: "Kingma & Ba 2015",
      step: {
        let count = Double($0.count)
        nabla_step_adam(
          $0.p, $0.g, $0.state[0], $0.state[1], $0.settings[0], $0.settings[1], $0.settings[2],
          $0.settings[3], 1 - pow($0.settings[1], count), 1 - pow($0.settings[2], count),
          $0.settings[4], $0.entries)
      }),
  ]
}
