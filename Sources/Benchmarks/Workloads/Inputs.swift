import Autodiff

#if canImport(Glibc)
  import Glibc
#endif

/// The inputs of the workloads: exact integer formulae, so that any implementation makes the same
/// numbers; `h` below is Knuth's multiplicative hash, `(i + s) · 2654435761 mod 2³²`.
enum Inputs {
  private static let multiplier: UInt64 = 2_654_435_761
  private static let mask: UInt64 = 0xFFFF_FFFF

  private static func hash(_ index: Int, _ seed: Int) -> UInt64 {
    (UInt64(index + seed) &* multiplier) & mask
  }

  /// A hash as a number in [-1, 1); exact in float64.
  private static func centred(_ hash: UInt64) -> Double {
    2 * (Double(hash) / 4_294_967_296) - 1
  }

  /// `scale · (2 h / 2³² - 1)`, row-major.
  static func uniform(_ dimensions: Int..., seed: Int, scale: Double = 1) -> Tensor {
    Tensor(shape: Shape(dimensions)) { entries in
      for index in entries.indices { entries[index] = centred(hash(index, seed)) * scale }
    }
  }

  /// Nearly Gaussian numbers of unit variance: sums of three that are hashed twice (MurmurHash3's
  /// finalizer).
  static func gaussian(_ count: Int, seed: Int) -> [Double] {
    (0..<count).map { index in
      var sum = 0.0
      for part in 0..<3 {
        var z = hash(3 * index + part, seed)
        z ^= z >> 16
        z = (z &* 2_246_822_507) & mask
        z ^= z >> 13
        z = (z &* 3_266_489_909) & mask
        z ^= z >> 16
        sum += centred(z)
      }
      return sum
    }
  }

  /// `(7 i + 3) mod 10`.
  static func labels(_ count: Int) -> Tensor {
    Tensor(shape: Shape(count), values: (0..<count).map { Double((7 * $0 + 3) % 10) })
  }

  static func zeros(_ count: Int) -> Tensor { Tensor(repeating: 0, shape: Shape(count)) }

  // MARK: Sets

  /// Two moons of 50 points each, of shape (100, 2), with labels -1 and 1.
  static var moons: (points: Tensor, labels: Tensor) {
    let noise = uniform(200, seed: 7)
    var points: [Double] = []
    for s in 0..<100 {
      let t = Double.pi * Double(s % 50) / 49
      let (x, y) = s < 50 ? (cos(t), sin(t)) : (1 - cos(t), 0.5 - sin(t))
      points += [x + 0.1 * noise[2 * s], y + 0.1 * noise[2 * s + 1]]
    }
    return (
      Tensor(shape: Shape(100, 2), values: points),
      Tensor(shape: Shape(100), values: (0..<100).map { $0 < 50 ? -1 : 1 })
    )
  }

  /// The 337 parameters of a net of 2-16-16-1 neurons: neuron by neuron its weights, then its bias,
  /// which is 0.
  static var netParameters: Tensor {
    var values = uniform(337, seed: 11).values
    for layer in Net.layers {
      for neuron in 0..<layer.neurons { values[layer.bias(neuron)] = 0 }
    }
    return Tensor(shape: Shape(337), values: values)
  }

  /// Three arms of 100 points each, of shape (300, 2), with labels 0, 1, 2.
  static var spiral: (points: Tensor, labels: Tensor) {
    let noise = gaussian(300, seed: 7)
    var points: [Double] = []
    for arm in 0..<3 {
      for k in 0..<100 {
        let radius = Double(k) / 99
        let angle = 4 * Double(arm) + 4 * Double(k) / 99 + 0.2 * noise[100 * arm + k]
        points += [radius * sin(angle), radius * cos(angle)]
      }
    }
    return (
      Tensor(shape: Shape(300, 2), values: points),
      Tensor(shape: Shape(300), values: (0..<300).map { Double($0 / 100) })
    )
  }
}

/// Where the 337 parameters of the net of W4 stand among each other.
enum Net {
  struct Layer {
    let inputs: Int
    let neurons: Int
    /// The place of the layer's first parameter.
    let start: Int

    func weight(_ input: Int, _ neuron: Int) -> Int { start + neuron * (inputs + 1) + input }
    func bias(_ neuron: Int) -> Int { start + neuron * (inputs + 1) + inputs }
  }

  static let layers = [
    Layer(inputs: 2, neurons: 16, start: 0), Layer(inputs: 16, neurons: 16, start: 48),
    Layer(inputs: 16, neurons: 1, start: 320),
  ]

  /// Each layer's weights, of shape (inputs, neurons), and biases.
  static func matrices(of parameters: Tensor) -> [Tensor] {
    layers.flatMap { layer in
      let weights = (0..<layer.inputs).flatMap { input in
        (0..<layer.neurons).map { parameters[layer.weight(input, $0)] }
      }
      return [
        Tensor(shape: Shape(layer.inputs, layer.neurons), values: weights),
        Tensor(
          shape: Shape(layer.neurons),
          values: (0..<layer.neurons).map { parameters[layer.bias($0)] }),
      ]
    }
  }
}
