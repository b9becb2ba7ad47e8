import CKernels

/// The gradients of one backward pass, by node.
///
/// Numbers' gradients stand in pages beside the tape's chunks, with a bit for each node that has
/// one; so a pass touches only what it reaches, however long the tape is.
public struct Gradients: ~Copyable {
  static let wordsPerPage = Tape.chunkSize / 64

  /// The gradients of one chunk's nodes.
  private struct Page {
    let values: UnsafeMutablePointer<Double>

    /// One bit for each node of the chunk, whether it has a gradient; behind the values.
    var touched: UnsafeMutablePointer<UInt64> {
      UnsafeMutableRawPointer(values + Tape.chunkSize).assumingMemoryBound(to: UInt64.self)
    }

    /// A page for which memory is there.
    init(_ values: UnsafeMutablePointer<Double>) { self.values = values }

    /// A new page without gradients.
    init() {
      values = .allocate(capacity: Tape.chunkSize + Gradients.wordsPerPage)
      UnsafeMutableRawPointer(values + Tape.chunkSize).bindMemory(
        to: UInt64.self, capacity: Gradients.wordsPerPage)
      touched.initialize(repeating: 0, count: Gradients.wordsPerPage)
    }
  }

  /// The values of pages, by chunk.
  private var pages = SparseTable<Double>(capacity: 1 << (32 - Int(Tape.chunkBits)))
  /// Chunks with a page in use, for clearing.
  private var touchedChunks: [Int] = []
  private var spare: [Page] = []
  /// Gradients of tensors.
  private var tensors: [UInt32: Tensor] = [:]

  /// Whether any pass has run.
  public var hasRun = false
  /// The value that the pass started from.
  public internal(set) var root = NodeID.constant
  /// Whether the pass gave gradients to params alone, other leaves being data.
  public internal(set) var isTraining = false

  init() {}

  deinit {
    for chunk in touchedChunks { pages[chunk]?.deallocate() }
    for page in spare { page.values.deallocate() }
  }

  mutating func removeAll() {
    guard let last = touchedChunks.max() else { return }
    for chunk in touchedChunks {
      guard let page = page(at: chunk) else { continue }
      page.touched.update(repeating: 0, count: Gradients.wordsPerPage)
      if spare.count < 4 || chunk + 2 > last {
        spare.append(page)
      } else {
        page.values.deallocate()
      }
      pages.remove(at: chunk)
    }
    pages.release(keeping: last)
    touchedChunks.removeAll(keepingCapacity: true)
    if !tensors.isEmpty { tensors.removeAll() }
  }

  @inline(__always)
  private func page(at chunk: Int) -> Page? { pages[chunk].map { Page($0) } }

  @inline(__always)
  private mutating func page(_ chunk: Int) -> Page { page(at: chunk) ?? makePage(chunk) }

  @inline(never)
  private mutating func makePage(_ chunk: Int) -> Page {
    let page = spare.popLast() ?? Page()
    pages.put(page.values, at: chunk)
    touchedChunks.append(chunk)
    return page
  }

  /// Adds a contribution to a number's gradient.
  @inline(__always)
  mutating func add(_ value: Double, at raw: UInt32) {
    let page = page(Int(raw >> Tape.chunkBits))
    let index = Int(raw & Tape.chunkMask)
    let bit = UInt64(1) << UInt64(index & 63)
    if page.touched[index >> 6] & bit != 0 {
      page.values[index] += value
    } else {
      page.touched[index >> 6] |= bit
      page.values[index] = value
    }
  }

  /// Adds a contribution to a tensor's gradient.
  mutating func add(_ value: Tensor, at raw: UInt32) {
    if value.isScalar { return add(value.number, at: raw) }
    if var sum = tensors.removeValue(forKey: raw) {
      sum.add(value)
      tensors[raw] = sum
    } else {
      tensors[raw] = value
      mark(raw)
    }
  }

  /// Writes a tensor's gradient in place, or adds to what is there, as the closure is told.
  mutating func update(
    at raw: UInt32, shape: Shape, _ body: (UnsafeMutableBufferPointer<Double>, Bool) -> Void
  ) {
    if var sum = tensors.removeValue(forKey: raw) {
      sum.update { body($0, true) }
      tensors[raw] = sum
    } else {
      tensors[raw] = Tensor(shape: shape) { body($0, false) }
      mark(raw)
    }
  }

  private mutating func mark(_ raw: UInt32) {
    let page = page(Int(raw >> Tape.chunkBits))
    let index = Int(raw & Tape.chunkMask)
    page.touched[index >> 6] |= UInt64(1) << UInt64(index & 63)
  }

  /// The bits of 64 nodes; 0 where the chunk has none.
  @inline(__always)
  func touched(chunk: Int, word: Int) -> UInt64 {
    page(at: chunk)?.touched[word] ?? 0
  }

  /// The next chunk below that has a gradient, so that a pass skips the history between.
  func chunk(below chunk: Int) -> Int? {
    if chunk > 0, hasPage(chunk - 1) { return chunk - 1 }
    var next: Int?
    for touched in touchedChunks where touched < chunk { next = max(next ?? touched, touched) }
    return next
  }

  func hasPage(_ chunk: Int) -> Bool { pages[chunk] != nil }

  /// A number's gradient; the caller knows that it has one.
  @inline(__always)
  func number(at raw: UInt32) -> Double {
    guard let page = page(at: Int(raw >> Tape.chunkBits)) else { return 0 }
    return page.values[Int(raw & Tape.chunkMask)]
  }

  func tensor(at raw: UInt32) -> Tensor? { tensors[raw] }

  /// Forgets a tensor's gradient that was handed on and that nothing will ask for.
  mutating func discardTensor(at raw: UInt32) {
    tensors[raw] = nil
    guard let page = page(at: Int(raw >> Tape.chunkBits)) else { return }
    let index = Int(raw & Tape.chunkMask)
    page.touched[index >> 6] &= ~(UInt64(1) << UInt64(index & 63))
  }

  private func isTouched(_ raw: UInt32) -> Bool {
    let index = Int(raw & Tape.chunkMask)
    return touched(chunk: Int(raw >> Tape.chunkBits), word: index >> 6) & (1 << UInt64(index & 63))
      != 0
  }

  /// The gradient of a value in the last pass; nil when the pass did not reach it.
  public subscript(id: NodeID) -> Tensor? {
    guard id.isTracked, isTouched(id.raw) else { return nil }
    return tensors[id.raw] ?? Tensor(number(at: id.raw))
  }

  /// Gives a value that has none a gradient, which is known from elsewhere.
  public mutating func record(_ gradient: Tensor, of id: NodeID) {
    guard id.isTracked else { return }
    if gradient.isScalar { add(gradient.number, at: id.raw) } else { add(gradient, at: id.raw) }
  }

  /// Gives a value the gradient of another, as an update step does for the leaf that it makes.
  public mutating func transfer(from old: NodeID, to new: NodeID) {
    if let gradient = self[old] { record(gradient, of: new) }
  }

  /// All gradients, for `accumulate`.
  func all() -> [(raw: UInt32, gradient: Tensor)] {
    var result: [(UInt32, Tensor)] = []
    for chunk in touchedChunks {
      for word in 0..<Gradients.wordsPerPage {
        var bits = touched(chunk: chunk, word: word)
        while bits != 0 {
          let bit = bits.trailingZeroBitCount
          bits &= bits - 1
          let raw = UInt32((chunk << Int(Tape.chunkBits)) + word * 64 + bit)
          if let gradient = self[NodeID(raw: raw)] { result.append((raw, gradient)) }
        }
      }
    }
    return result
  }
}

extension Tensor {
  /// Adds entry by entry; shapes must be equal.
  mutating func add(_ other: Tensor) {
    other.withEntries { source in
      update { entries in
        nabla_add(
          entries.baseAddress, 1, source.baseAddress, 1, entries.baseAddress, entries.count)
      }
    }
  }
}
