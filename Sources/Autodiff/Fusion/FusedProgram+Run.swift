import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension FusedProgram {
  /// Entries that go through all steps together: eight registers of them fit the first cache.
  static let blockLength = 512
  /// Blocks between two looks for an interruption.
  static let blocksPerLook = 64

  /// Runs the program over a shape; operands are of the kinds that it was made for.
  ///
  /// Sums come as tensors of rank 0. Stops early when the running cell is interrupted: whoever
  /// called looks for that before using the results.
  func run(_ operands: [Tensor], _ shape: Shape) -> [Tensor] {
    let count = shape.count
    var run = Run(self, operands, shape)
    let buffers = outputs.map { $0.isSum ? nil : Buffer(count: count) }
    let blocks = (count + FusedProgram.blockLength - 1) / FusedProgram.blockLength
    let sums = outputs.filter(\.isSum).count
    let partials = sums > 0 ? Buffer(count: max(sums * blocks, 1)) : nil
    run.outputs = buffers.map { $0?.pointer }
    run.partials = partials?.pointer
    run.blockCount = blocks
    let parts = Workers.parts(work: count * max(plan.cost, 1), atMost: blocks)
    if parts > 1 {
      let shared = run
      let step = (blocks + parts - 1) / parts
      Workers.run(parts) { part in
        shared.run(blocks: part * step..<min((part + 1) * step, blocks))
      }
    } else {
      run.run(blocks: 0..<blocks)
    }
    withExtendedLifetime(operands) {}
    var sum = 0
    return zip(outputs, buffers).map { output, buffer in
      if let buffer { return Tensor(shape: shape, buffer: buffer) }
      defer { sum += 1 }
      guard let partials else { return Tensor(0) }
      return Tensor(
        PairwiseSum.sum(UnsafeBufferPointer(start: partials.pointer + sum * blocks, count: blocks)))
    }
  }
}

/// What the blocks of one run share.
private struct Run: @unchecked Sendable {
  // Sendable: threads read all of it, and write disjoint blocks of the outputs and partial sums.

  private let program: FusedProgram
  private let count: Int
  /// The first entry of each operand, or where its one entry stands.
  private var bases: [UnsafePointer<Double>?]
  private var views: [BroadcastView?]
  /// The operands of one entry, and then the plan's numbers.
  private let numbers: Buffer
  private let interruption: UnsafeMutableRawPointer?
  var outputs: [UnsafeMutablePointer<Double>?] = []
  var partials: UnsafeMutablePointer<Double>?
  var blockCount = 0

  init(_ program: FusedProgram, _ operands: [Tensor], _ shape: Shape) {
    self.program = program
    count = shape.count
    interruption = nabla_thread_interruption()
    let plan = program.plan
    numbers = Buffer(count: plan.firstRegister)
    bases = []
    views = []
    for (index, operand) in operands.enumerated() {
      var base: UnsafePointer<Double>?
      var view: BroadcastView?
      switch program.leaves[index] {
      case .scalar:
        numbers.pointer[index] = operand.item ?? .nan
        base = UnsafePointer(numbers.pointer + index)
      case .full: base = operand.buffer.map { UnsafePointer($0.pointer) }
      case .broadcast:
        base = operand.buffer.map { UnsafePointer($0.pointer) }
        view = BroadcastView(operand.shape, in: shape)
      }
      bases.append(base)
      views.append(view)
    }
    var steps: [FusedProgram.Step: Double] = [:]
    for (place, number) in plan.numbers.enumerated() {
      let slot = numbers.pointer + plan.leafCount + place
      switch number {
      case .constant(let value): slot.pointee = value
      case .step(let step): slot.pointee = value(of: step, &steps)
      }
    }
  }

  /// A step of numbers, and those that it is made of.
  private func value(
    of step: FusedProgram.Step, _ known: inout [FusedProgram.Step: Double]
  ) -> Double {
    if let value = known[step] { return value }
    func number(_ source: FusedProgram.Source) -> Double {
      switch source {
      case .leaf(let index): numbers.pointer[index]
      case .constant(let value): value
      case .step(let index): value(of: program.steps[index], &known)
      }
    }
    let result: Double
    switch step.gate.kind {
    case .unary(let row): result = row.scalar(number(step.a))
    case .binary(let row): result = row.scalar(number(step.a), number(step.b))
    case .general, .custom: result = .nan
    }
    known[step] = result
    return result
  }

  /// Runs some of the blocks on this thread.
  func run(blocks: Range<Int>) {
    let plan = program.plan
    let length = FusedProgram.blockLength
    let slotCount = plan.firstOutput + outputs.count
    let registers = Buffer(count: max(plan.registerCount * length, 1))
    withUnsafeTemporaryAllocation(
      of: UnsafeMutablePointer<Double>.self, capacity: max(slotCount, 1)
    ) { slots in
      guard let slots = slots.baseAddress else { return }
      for slot in 0..<slotCount { (slots + slot).initialize(to: registers.pointer) }
      for (index, base) in bases.enumerated() {
        if let base { slots[index] = UnsafeMutablePointer(mutating: base) }
      }
      for index in plan.numbers.indices {
        slots[plan.leafCount + index] = numbers.pointer + plan.leafCount + index
      }
      for register in 0..<plan.registerCount {
        slots[plan.firstRegister + register] = registers.pointer + register * length
      }
      plan.instructions.withUnsafeBufferPointer { instructions in
        for block in blocks {
          if block % FusedProgram.blocksPerLook == 0, isInterrupted { return }
          let offset = block * length
          let size = min(length, count - offset)
          for index in bases.indices where program.leaves[index] == .full {
            if let base = bases[index] {
              slots[index] = UnsafeMutablePointer(mutating: base + offset)
            }
          }
          for (index, output) in outputs.enumerated() {
            if let output { slots[plan.firstOutput + index] = output + offset }
          }
          for instruction in instructions { run(instruction, slots, offset, size) }
          finish(block, slots, size)
        }
      }
    }
  }

  private var isInterrupted: Bool { Interruption.isRequested(interruption) }

  @inline(__always)
  private func run(
    _ instruction: FusedPlan.Instruction,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Double>>,
    _ offset: Int, _ size: Int
  ) {
    let out = slots[instruction.out]
    switch instruction.kind {
    case .unary: instruction.unary?(slots[instruction.a], out, size)
    case .binary:
      instruction.binary?(
        slots[instruction.a], step(instruction.a), slots[instruction.b], step(instruction.b), out,
        size)
    case .slowUnary, .slowBinary: runSlowly(instruction, slots, size)
    case .spread:
      if let base = bases[instruction.a] {
        views[instruction.a]?.load(base, from: offset, count: size, into: out)
      }
    }
  }

  @inline(__always)
  private func step(_ slot: Int) -> Int {
    slot < program.plan.firstRegister && program.plan.isSingle[slot] ? 0 : 1
  }

  /// Gates that have no vectorised loop.
  private func runSlowly(
    _ instruction: FusedPlan.Instruction,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Double>>,
    _ size: Int
  ) {
    let out = slots[instruction.out]
    let a = slots[instruction.a]
    let b = slots[instruction.b]
    switch program.plan.slowRows[instruction.slow].kind {
    case .unary(let row): for index in 0..<size { out[index] = row.scalar(a[index]) }
    case .binary(let row):
      let stepA = step(instruction.a)
      let stepB = step(instruction.b)
      for index in 0..<size { out[index] = row.scalar(a[index * stepA], b[index * stepB]) }
    case .general, .custom: break
    }
  }

  /// Copies or sums the outputs of a block that no instruction wrote.
  private func finish(
    _ block: Int, _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, _ size: Int
  ) {
    var sum = 0
    for (index, place) in program.plan.outputs.enumerated() {
      guard case .slot(let slot) = place else { continue }
      let isSingle = step(slot) == 0
      if program.outputs[index].isSum {
        partials?[sum * blockCount + block] =
          isSingle
          ? slots[slot].pointee * Double(size)
          : PairwiseSum.sum(UnsafeBufferPointer(start: slots[slot], count: size))
        sum += 1
      } else {
        let out = slots[program.plan.firstOutput + index]
        if isSingle {
          out.update(repeating: slots[slot].pointee, count: size)
        } else {
          out.update(from: slots[slot], count: size)
        }
      }
    }
  }
}
