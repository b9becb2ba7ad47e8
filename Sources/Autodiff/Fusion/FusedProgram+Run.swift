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
    if count <= FusedProgram.blockLength, !leaves.contains(.broadcast) {
      return runOnce(operands, shape)
    }
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

extension FusedProgram {
  typealias Slots = UnsafeMutablePointer<UnsafeMutablePointer<Double>>

  /// A run of one block, without what several of them share.
  private func runOnce(_ operands: [Tensor], _ shape: Shape) -> [Tensor] {
    let count = shape.count
    let numberCount = plan.firstRegister
    let slotCount = plan.firstOutput + outputs.count
    let results = outputs.map { $0.isSum ? nil : Buffer(count: count) }
    var sums = [Double](repeating: 0, count: outputs.count)
    // Numbers, registers and slots in one piece of memory.
    let capacity = numberCount + plan.registerCount * count + slotCount
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(capacity, 1)) { memory in
      guard let numbers = memory.baseAddress else { return }
      let registers = numbers + numberCount
      let slots = UnsafeMutableRawPointer(registers + plan.registerCount * count)
        .bindMemory(to: UnsafeMutablePointer<Double>.self, capacity: slotCount)
      for slot in 0..<slotCount { (slots + slot).initialize(to: numbers) }
      for (index, operand) in operands.enumerated() {
        if leaves[index] == .scalar {
          numbers[index] = operand.item ?? .nan
          slots[index] = numbers + index
        } else if let buffer = operand.buffer {
          slots[index] = buffer.pointer
        }
      }
      computeNumbers(into: numbers)
      for index in plan.leafCount..<numberCount { slots[index] = numbers + index }
      for register in 0..<plan.registerCount {
        slots[numberCount + register] = registers + register * count
      }
      for (index, result) in results.enumerated() {
        if let result { slots[plan.firstOutput + index] = result.pointer }
      }
      plan.instructions.withUnsafeBufferPointer { instructions in
        for instruction in instructions { execute(instruction, slots, count) }
      }
      for finish in plan.finishes {
        let source = slots[finish.slot]
        if finish.isSum {
          sums[finish.output] =
            finish.isSingle
            ? source.pointee * Double(count)
            : PairwiseSum.sum(UnsafeBufferPointer(start: source, count: count))
        } else if finish.isSingle {
          slots[plan.firstOutput + finish.output].update(repeating: source.pointee, count: count)
        } else {
          slots[plan.firstOutput + finish.output].update(from: source, count: count)
        }
      }
    }
    withExtendedLifetime(operands) {}
    return results.indices.map { index in
      results[index].map { Tensor(shape: shape, buffer: $0) } ?? Tensor(sums[index])
    }
  }

  /// The plan's numbers, in their slots after the operands'.
  fileprivate func computeNumbers(into numbers: UnsafeMutablePointer<Double>) {
    var known: [Step: Double] = [:]
    for (place, number) in plan.numbers.enumerated() {
      switch number {
      case .constant(let value): numbers[plan.leafCount + place] = value
      case .step(let step):
        numbers[plan.leafCount + place] = value(of: step, numbers, &known)
      }
    }
  }

  /// A step of numbers, and those that it is made of.
  private func value(
    of step: Step, _ numbers: UnsafeMutablePointer<Double>, _ known: inout [Step: Double]
  ) -> Double {
    if let value = known[step] { return value }
    func number(_ source: Source) -> Double {
      switch source {
      case .leaf(let index): numbers[index]
      case .constant(let value): value
      case .step(let index): value(of: steps[index], numbers, &known)
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

  /// One instruction over a block, unless it spreads an operand.
  @inline(__always)
  fileprivate func execute(_ instruction: FusedPlan.Instruction, _ slots: Slots, _ size: Int) {
    let out = slots[instruction.out]
    switch instruction.kind {
    case .unary: instruction.unary?(slots[instruction.a], out, size)
    case .binary:
      instruction.binary?(
        slots[instruction.a], instruction.stepA, slots[instruction.b], instruction.stepB, out, size)
    case .slowUnary, .slowBinary: executeSlowly(instruction, slots, size)
    case .spread: break
    }
  }

  /// Gates that have no vectorised loop.
  private func executeSlowly(_ instruction: FusedPlan.Instruction, _ slots: Slots, _ size: Int) {
    let out = slots[instruction.out]
    let a = slots[instruction.a]
    let b = slots[instruction.b]
    switch plan.slowRows[instruction.slow].kind {
    case .unary(let row): for index in 0..<size { out[index] = row.scalar(a[index]) }
    case .binary(let row):
      for index in 0..<size {
        out[index] = row.scalar(a[index * instruction.stepA], b[index * instruction.stepB])
      }
    case .general, .custom: break
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
    program.computeNumbers(into: numbers.pointer)
  }

  /// Runs some of the blocks on this thread.
  func run(blocks: Range<Int>) {
    let plan = program.plan
    let registers = Buffer(count: max(plan.registerCount * FusedProgram.blockLength, 1))
    let slotCount = plan.firstOutput + outputs.count
    withUnsafeTemporaryAllocation(
      of: UnsafeMutablePointer<Double>.self, capacity: max(slotCount, 1)
    ) { slots in
      guard let slots = slots.baseAddress else { return }
      place(slots, slotCount, registers: registers.pointer)
      // Through pointers, so that the loop over blocks counts no references.
      plan.instructions.withUnsafeBufferPointer { instructions in
        plan.fullLeaves.withUnsafeBufferPointer { fullLeaves in
          outputs.withUnsafeBufferPointer { outputs in
            plan.finishes.withUnsafeBufferPointer { finishes in
              bases.withUnsafeBufferPointer { bases in
                walk(
                  blocks, slots, slots + plan.firstOutput, instructions, fullLeaves, outputs,
                  finishes, bases)
              }
            }
          }
        }
      }
    }
    withExtendedLifetime(registers) {}
  }

  /// Points the slots at what does not move from block to block.
  private func place(
    _ slots: Slots, _ slotCount: Int, registers: UnsafeMutablePointer<Double>
  ) {
    let plan = program.plan
    for slot in 0..<slotCount { (slots + slot).initialize(to: registers) }
    for (index, base) in bases.enumerated() {
      if let base { slots[index] = UnsafeMutablePointer(mutating: base) }
    }
    for index in plan.numbers.indices {
      slots[plan.leafCount + index] = numbers.pointer + plan.leafCount + index
    }
    for register in 0..<plan.registerCount {
      slots[plan.firstRegister + register] = registers + register * FusedProgram.blockLength
    }
  }

  private typealias Slots = FusedProgram.Slots

  private func walk(
    _ blocks: Range<Int>, _ slots: Slots, _ outputSlots: Slots,
    _ instructions: UnsafeBufferPointer<FusedPlan.Instruction>,
    _ fullLeaves: UnsafeBufferPointer<Int>,
    _ outputs: UnsafeBufferPointer<UnsafeMutablePointer<Double>?>,
    _ finishes: UnsafeBufferPointer<FusedPlan.Finish>,
    _ bases: UnsafeBufferPointer<UnsafePointer<Double>?>
  ) {
    let length = FusedProgram.blockLength
    for block in blocks {
      if block % FusedProgram.blocksPerLook == 0, Interruption.isRequested(interruption) { return }
      let offset = block * length
      let size = min(length, count - offset)
      for index in fullLeaves {
        if let base = bases[index] { slots[index] = UnsafeMutablePointer(mutating: base + offset) }
      }
      for index in outputs.indices {
        if let output = outputs[index] { outputSlots[index] = output + offset }
      }
      for instruction in instructions {
        if instruction.kind == .spread {
          if let base = bases[instruction.a] {
            views[instruction.a]?.load(
              base, from: offset, count: size, into: slots[instruction.out])
          }
        } else {
          program.execute(instruction, slots, size)
        }
      }
      for finish in finishes {
        let source = slots[finish.slot]
        if finish.isSum {
          partials?[finish.sum * blockCount + block] =
            finish.isSingle
            ? source.pointee * Double(size)
            : PairwiseSum.sum(UnsafeBufferPointer(start: source, count: size))
        } else if finish.isSingle {
          outputSlots[finish.output].update(repeating: source.pointee, count: size)
        } else {
          outputSlots[finish.output].update(from: source, count: size)
        }
      }
    }
  }
}
