import Autodiff

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Builtins {
  /// Small sets of points and pictures to learn from, made from the random stream.
  static func datasets() -> [Builtin] {
    [
      Builtin(
        "spiral", "n=100, classes=3, noise=0.2",
        "Points (n * classes, 2) on the arms of a spiral, and the arm of each: CS231n's, with its"
          + " numbers after np.random.seed."
      ) { call, session throws(Failure) in
        let n = try call.count(0, default: 100, session)
        let classes = try call.count(1, default: 3, session)
        let noise = try call.number(2, default: 0.2)
        let shape = try session.shape(of: [n, classes, 2])
        var points: [Double] = []
        points.reserveCapacity(shape.count)
        for arm in 0..<classes {
          for place in 0..<n {
            try session.breathe(place)
            let share = n == 1 ? 0 : Double(place) / Double(n - 1)
            let angle = Double(arm) * 4 + share * 4 + session.random.gaussian() * noise
            points += [share * sin(angle), share * cos(angle)]
          }
        }
        return examples(points, width: 2, labels: (0..<n * classes).map { $0 / n })
      },
      Builtin(
        "moons", "n=200, noise=0.1",
        "Points (n, 2) on two half circles that reach into each other, and the half of each."
      ) { call, session throws(Failure) in
        try twoCurves(call, session, noise: call.number(1, default: 0.1), isClosed: false) {
          angle, isInner in
          isInner ? (1 - cos(angle), 0.5 - sin(angle)) : (cos(angle), sin(angle))
        }
      },
      Builtin(
        "circles", "n=200, noise=0.05, factor=0.5",
        "Points (n, 2) on a circle and on a smaller one inside, and the circle of each."
      ) { call, session throws(Failure) in
        let factor = try call.number(2, default: 0.5)
        return try twoCurves(
          call, session, noise: call.number(1, default: 0.05), isClosed: true
        ) { angle, isInner in
          let radius = isInner ? factor : 1
          return (radius * cos(angle), radius * sin(angle))
        }
      },
      Builtin(
        "blobs", "n=200, centers=3, std=1.0, features=2",
        "Points (n, features) around centers between -10 and 10, and the center of each."
      ) { call, session throws(Failure) in
        let n = try call.count(0, default: 200, session)
        let centers = try call.count(1, default: 3, session)
        let spread = try call.number(2, default: 1)
        let features = try call.count(3, default: 2, session)
        let shape = try session.shape(of: [n, features])
        let middle = session.random.uniform(
          low: -10, high: 10, try session.shape(of: [centers, features]))
        let labels = (0..<n).map { $0 % centers }
        var points: [Double] = []
        points.reserveCapacity(shape.count)
        for (index, label) in labels.enumerated() {
          try session.breathe(index)
          for feature in 0..<features {
            points.append(middle[label * features + feature] + spread * session.random.gaussian())
          }
        }
        return examples(points, width: features, labels: labels)
      },
      Builtin(
        "digits", "n=500, noise=0.1",
        "Pictures (n, 64) of the digits 0 to 9, 8 by 8 with entries from 0 to 1, and the digit of"
          + " each: drawn at different places and strengths, with noise."
      ) { call, session throws(Failure) in
        let n = try call.count(0, default: 500, session)
        let noise = try call.number(1, default: 0.1)
        let shape = try session.shape(of: [n, 64])
        var pixels = [Double](repeating: 0, count: shape.count)
        let labels = (0..<n).map { $0 % glyphs.count }
        for (picture, label) in labels.enumerated() {
          try session.breathe(picture)
          let down = Int(session.random.fraction() * 2)
          let right = Int(session.random.fraction() * 4)
          let strength = 0.7 + 0.3 * session.random.fraction()
          for (row, line) in glyphs[label].enumerated() {
            for (column, mark) in line.enumerated() where mark == "#" {
              pixels[picture * 64 + (row + down) * 8 + column + right] = strength
            }
          }
          for pixel in picture * 64..<(picture + 1) * 64 {
            let value = pixels[pixel] + noise * session.random.gaussian()
            pixels[pixel] = min(max(value, 0), 1)
          }
        }
        return examples(pixels, width: 64, labels: labels)
      },
    ]
  }

  /// Examples, a row each, and their labels.
  private static func examples(_ entries: [Double], width: Int, labels: [Int]) -> Value {
    .tuple([
      .fresh(Tensor(shape: Shape(labels.count, width), values: entries)),
      .fresh(Tensor(shape: Shape(labels.count), values: labels.map { Double($0) })),
    ])
  }

  /// Half of the points on an outer and half on an inner curve, then noise on all.
  private static func twoCurves(
    _ call: BoundArguments, _ session: Session, noise: Double, isClosed: Bool,
    _ curve: (_ angle: Double, _ isInner: Bool) -> (Double, Double)
  ) throws(Failure) -> Value {
    let n = try call.count(0, default: 200, session)
    _ = try session.shape(of: [n, 2])
    var points: [Double] = []
    var labels: [Int] = []
    for (label, count) in [n / 2, n - n / 2].enumerated() {
      // A closed curve does not come back to its first point.
      let steps = isClosed ? Double(count) : Double(max(count - 1, 1))
      for place in 0..<count {
        try session.breathe(place)
        let (x, y) = curve((isClosed ? 2 : 1) * .pi * Double(place) / steps, label == 1)
        points += [x, y]
        labels.append(label)
      }
    }
    for index in points.indices {
      try session.breathe(index)
      points[index] += noise * session.random.gaussian()
    }
    return examples(points, width: 2, labels: labels)
  }

  /// The digits, five by seven.
  private static let glyphs: [[String]] = [
    [".###.", "#...#", "#..##", "#.#.#", "##..#", "#...#", ".###."],
    ["..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."],
    [".###.", "#...#", "....#", "...#.", "..#..", ".#...", "#####"],
    [".###.", "#...#", "....#", "..##.", "....#", "#...#", ".###."],
    ["...#.", "..##.", ".#.#.", "#..#.", "#####", "...#.", "...#."],
    ["#####", "#....", "####.", "....#", "....#", "#...#", ".###."],
    ["..##.", ".#...", "#....", "####.", "#...#", "#...#", ".###."],
    ["#####", "....#", "...#.", "..#..", ".#...", ".#...", ".#..."],
    [".###.", "#...#", "#...#", ".###.", "#...#", "#...#", ".###."],
    [".###.", "#...#", "#...#", ".####", "....#", "...#.", ".##.."],
  ]
}

extension BoundArguments {
  /// A number of things that there must be at least one of.
  fileprivate func count(
    _ index: Int, default other: Int, _ session: Session
  ) throws(Failure) -> Int {
    let count = try int(index, default: other)
    guard count >= 1 else {
      throw Failure(.value, "\(function)() needs \(names[index]) of at least 1, not \(count)")
    }
    _ = try session.shape(of: [count])
    return count
  }
}

extension Session {
  /// Looks for an interruption every so many turns of a loop over examples.
  fileprivate func breathe(_ index: Int) throws(Failure) {
    if index & 0xFFF == 0 { try checkInterruption() }
  }
}
