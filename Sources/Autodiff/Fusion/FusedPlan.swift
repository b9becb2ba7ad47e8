/// How the blocks of a program run: which registers hold what, and in what order.
///
/// Slots are places with a pointer: the operands first, then numbers, then registers, then outputs.
struct FusedPlan: Sendable {
  /// One gate over a block; trivial, so that the loop over blocks counts no references.
  struct Instruction: Sendable {
    enum Kind: UInt8 { case unary, binary, slowUnary, slowBinary, spread }
    let kind: Kind
    var unary: UnaryKernel?
    var binary: BinaryKernel?
    /// The slots of the operands; of what is spread, its operand's number.
    var a: Int
    var b: Int
    var out: Int
    /// 0 where an operand has one entry for the whole block, else 1.
    var stepA = 1
    var stepB = 1
    /// The place in ``slowRows``, for gates without a loop of their own.
    var slow = 0
  }

  /// A number that is worked out once, before the blocks.
  enum Number: Sendable {
    case constant(Double)
    case step(FusedProgram.Step)
  }

  /// An output that no instruction writes in its place: it is copied or summed after a block.
  struct Finish: Sendable {
    /// Its number among the outputs, and among the sums.
    let output: Int
    let sum: Int
    let isSum: Bool
    /// Where its entries are, and whether that is one for all.
    var slot: Int
    var isSingle = false
  }

  let leafCount: Int
  /// The numbers, in slots after the operands.
  private(set) var numbers: [Number] = []
  /// The registers of one block each, in slots after the numbers.
  private(set) var registerCount = 0
  private(set) var instructions: [Instruction] = []
  /// The gates that have no vectorised loop.
  private(set) var slowRows: [Gate] = []
  private(set) var finishes: [Finish] = []
  /// The operands that every block reads from its own place.
  let fullLeaves: [Int]
  /// A measure of the work for one entry, in additions.
  private(set) var cost = 0

  var firstRegister: Int { leafCount + numbers.count }
  var firstOutput: Int { firstRegister + registerCount }

  init(
    leaves: [FusedProgram.LeafKind], steps: [FusedProgram.Step], outputs: [FusedProgram.Output]
  ) {
    leafCount = leaves.count
    fullLeaves = leaves.indices.filter { leaves[$0] == .full }
    let needed = FusedPlan.neededSteps(steps, outputs)
    let isNumber = FusedPlan.numberSteps(leaves, steps)
    // Numbers first, so that registers' slots are known.
    var slotOfConstant: [UInt64: Int] = [:]
    var slotOfStep = [Int](repeating: -1, count: steps.count)
    func constant(_ source: FusedProgram.Source) {
      guard case .constant(let value) = source, slotOfConstant[value.bitPattern] == nil else {
        return
      }
      slotOfConstant[value.bitPattern] = leafCount + numbers.count
      numbers.append(.constant(value))
    }
    for (index, step) in steps.enumerated() where needed[index] {
      if !isNumber[index] {
        constant(step.a)
        constant(step.b)
      }
    }
    for output in outputs { constant(output.source) }
    for (index, step) in steps.enumerated() where needed[index] && isNumber[index] {
      slotOfStep[index] = leafCount + numbers.count
      numbers.append(.step(step))
    }
    let firstRegister = leafCount + numbers.count

    // The last instruction that reads each value; outputs that are sums read at the end.
    var lastUse = [Int](repeating: -1, count: steps.count)
    for (index, step) in steps.enumerated() where needed[index] && !isNumber[index] {
      for case .step(let operand) in [step.a, step.b] { lastUse[operand] = index }
    }
    // A kept output is written in its place at once.
    var outputOfStep = [Int](repeating: -1, count: steps.count)
    for (place, output) in outputs.enumerated() {
      guard case .step(let index) = output.source, !isNumber[index] else { continue }
      lastUse[index] = steps.count
      if !output.isSum, outputOfStep[index] < 0 { outputOfStep[index] = place }
    }
    var free: [Int] = []
    var registers = 0
    func takeRegister() -> Int {
      if let register = free.popLast() { return register }
      registers += 1
      return registers - 1
    }
    // Slots of outputs are known when registers are; until then they are negative.
    var spread = [Int](repeating: -1, count: leaves.count)
    func slot(_ source: FusedProgram.Source) -> Int {
      switch source {
      case .leaf(let index):
        guard leaves[index] == .broadcast else { return index }
        if spread[index] < 0 {
          spread[index] = firstRegister + takeRegister()
          instructions.append(
            Instruction(kind: .spread, a: index, b: 0, out: spread[index]))
        }
        return spread[index]
      case .step(let index): return slotOfStep[index]
      case .constant(let value): return slotOfConstant[value.bitPattern] ?? 0
      }
    }
    for (index, step) in steps.enumerated() where needed[index] && !isNumber[index] {
      let a = slot(step.a)
      let b = slot(step.b)
      var released: Set<Int> = []
      for case .step(let operand) in [step.a, step.b]
      where lastUse[operand] == index && slotOfStep[operand] >= firstRegister {
        released.insert(slotOfStep[operand] - firstRegister)
      }
      free += released
      let out: Int
      if outputOfStep[index] >= 0 {
        out = -1 - outputOfStep[index]
      } else {
        out = firstRegister + takeRegister()
      }
      slotOfStep[index] = out
      append(step.gate, a, b, out)
      cost += step.gate.fusionCost
    }
    var sum = 0
    for (place, output) in outputs.enumerated() {
      if case .step(let index) = output.source, outputOfStep[index] == place { continue }
      finishes.append(
        Finish(output: place, sum: sum, isSum: output.isSum, slot: slot(output.source)))
      if output.isSum { sum += 1 }
    }
    registerCount = registers
    placeOutputs(isSingle: leaves.map { $0 == .scalar } + numbers.map { _ in true })
  }

  private mutating func append(_ gate: Gate, _ a: Int, _ b: Int, _ out: Int) {
    switch gate.kind {
    case .unary(let row):
      instructions.append(
        Instruction(
          kind: row.kernel == nil ? .slowUnary : .unary, unary: row.kernel, a: a, b: a, out: out,
          slow: slowRows.count))
      if row.kernel == nil { slowRows.append(gate) }
    case .binary(let row):
      instructions.append(
        Instruction(
          kind: row.kernel == nil ? .slowBinary : .binary, binary: row.kernel, a: a, b: b, out: out,
          slow: slowRows.count))
      if row.kernel == nil { slowRows.append(gate) }
    case .general, .custom: preconditionFailure("\(gate.name) is no elementwise gate")
    }
  }

  /// Puts the outputs' slots, which stand as -1, -2 and so on, after the registers.
  ///
  /// Slots with one entry for all are stepped through by 0.
  private mutating func placeOutputs(isSingle: [Bool]) {
    let first = firstOutput
    func placed(_ slot: Int) -> Int { slot < 0 ? first - 1 - slot : slot }
    func step(_ slot: Int) -> Int { slot < isSingle.count && isSingle[slot] ? 0 : 1 }
    for index in instructions.indices {
      if instructions[index].kind != .spread {
        instructions[index].a = placed(instructions[index].a)
        instructions[index].b = placed(instructions[index].b)
        instructions[index].stepA = step(instructions[index].a)
        instructions[index].stepB = step(instructions[index].b)
      }
      instructions[index].out = placed(instructions[index].out)
    }
    for index in finishes.indices {
      finishes[index].slot = placed(finishes[index].slot)
      finishes[index].isSingle = step(finishes[index].slot) == 0
    }
  }

  /// The steps that an output depends on.
  private static func neededSteps(
    _ steps: [FusedProgram.Step], _ outputs: [FusedProgram.Output]
  ) -> [Bool] {
    var needed = [Bool](repeating: false, count: steps.count)
    for case .step(let index) in outputs.map(\.source) { needed[index] = true }
    for index in steps.indices.reversed() where needed[index] {
      for case .step(let operand) in [steps[index].a, steps[index].b] { needed[operand] = true }
    }
    return needed
  }

  /// The steps whose operands are numbers, directly or through others.
  private static func numberSteps(
    _ leaves: [FusedProgram.LeafKind], _ steps: [FusedProgram.Step]
  ) -> [Bool] {
    var result: [Bool] = []
    func isNumber(_ source: FusedProgram.Source) -> Bool {
      switch source {
      case .leaf(let index): leaves[index] == .scalar
      case .step(let index): result[index]
      case .constant: true
      }
    }
    for step in steps { result.append(isNumber(step.a) && isNumber(step.b)) }
    return result
  }
}

extension Gate {
  /// The work for one entry against an addition's, for the choice of threads.
  fileprivate var fusionCost: Int {
    switch kind {
    case .unary(let row): row.kernel == nil ? 20 : 4
    case .binary(let row): row.kernel == nil ? 20 : 1
    case .general, .custom: 1
    }
  }
}
