import CKernels

/// What an index picks from a tensor: for each entry of the result the place that it comes from.
public struct Selection: Sendable {
  public let source: Shape
  public let result: Shape
  public let places: Places

  public enum Places: Sendable {
    /// Entry `i₀, i₁, …` comes from `start + Σ iₖ stepₖ`.
    case strided(start: Int, steps: [Int])
    /// Row-major offsets, one for each entry of the result.
    case listed([Int])
  }

  public init(source: Shape, result: Shape, places: Places) {
    self.source = source
    self.result = result
    self.places = places
  }

  /// Whether no entry is picked twice.
  public var isInjective: Bool {
    switch places {
    case .strided: true
    case .listed(let offsets): Set(offsets).count == offsets.count
    }
  }

  /// Calls `body` with the result's and the source's offset of each entry.
  ///
  /// With `canStop` it ends early when the running cell is interrupted: for results that are then
  /// discarded.
  @inline(__always)
  public func walk(canStop: Bool = false, _ body: (_ result: Int, _ source: Int) -> Void) {
    switch places {
    case .listed(let offsets):
      for (index, offset) in offsets.enumerated() { body(index, offset) }
    case .strided(let start, let steps):
      let rank = result.rank
      if rank == 0 { return body(0, start) }
      let inner = result[rank - 1]
      let step = steps[rank - 1]
      let count = result.count
      if count == 0 { return }
      var counters = [Int](repeating: 0, count: rank)
      var offset = start
      let look = max((1 << 16) / max(inner, 1), 1)
      for row in 0..<(count / inner) {
        if canStop, row % look == 0, Interruption.isCurrentRequested { return }
        for k in 0..<inner { body(row * inner + k, offset + k * step) }
        var axis = rank - 2
        while axis >= 0 {
          counters[axis] += 1
          offset += steps[axis]
          if counters[axis] < result[axis] { break }
          offset -= steps[axis] * result[axis]
          counters[axis] = 0
          axis -= 1
        }
      }
    }
  }

  /// The source's offset for each entry of the result.
  public var offsets: [Int] {
    if case .listed(let offsets) = places { return offsets }
    var offsets = [Int](repeating: 0, count: result.count)
    walk { offsets[$0] = $1 }
    return offsets
  }
}

extension Tensor {
  /// The picked entries.
  public func picking(_ selection: Selection) -> Tensor {
    withEntries { source in
      Tensor(shape: selection.result, isMask: isMask) { entries in
        if case .listed(let offsets) = selection.places {
          Interruption.forEachChunk(of: offsets.count) { start, count in
            offsets.withUnsafeBufferPointer { offsets in
              nabla_gather(
                source.baseAddress, offsets.baseAddress.map { $0 + start },
                entries.baseAddress.map { $0 + start }, count)
            }
          }
        } else {
          selection.walk(canStop: true) { entries[$0] = source[$1] }
        }
      }
    }
  }

  /// A tensor of the selection's source shape with these entries added up where it picks.
  func placed(_ selection: Selection) -> Tensor {
    withEntries { source in
      Tensor(shape: selection.source) { entries in
        entries.initialize(repeating: 0)
        if case .listed(let offsets) = selection.places {
          Interruption.forEachChunk(of: offsets.count) { start, count in
            offsets.withUnsafeBufferPointer { offsets in
              nabla_scatter_add(
                source.baseAddress.map { $0 + start }, offsets.baseAddress.map { $0 + start },
                entries.baseAddress, count)
            }
          }
        } else {
          selection.walk(canStop: true) { entries[$1] += source[$0] }
        }
      }
    }
  }

  /// This tensor with the picked entries replaced; where one is picked twice the last value stays.
  public mutating func replace(_ selection: Selection, with values: Tensor) {
    values.withEntries { source in
      update { entries in selection.walk { entries[$1] = source[$0] } }
    }
  }
}
