import Autodiff
import Syntax

/// A gate that the user wrote: a forward and a backward that share the locals of one call.
final class GateObject: Object {
  let forward: FunctionObject
  private let backward: Block
  private let upstream: [Target]
  private let span: Span
  /// Whether the first call's numeric check was made.
  var isChecked = false

  init(forward: FunctionObject, backward: [Action], upstream: [Target], span: Span) {
    self.forward = forward
    self.backward = Block(backward)
    self.upstream = upstream
    self.span = span
    super.init()
  }

  var name: String { forward.name }

  override var typeName: String { "gate" }
  override var held: [Value] { [.object(forward)] }
  override var described: String { "the gate \(name)" }
  override var isCallable: Bool { true }
  override func repr(_ session: Session) throws(Failure) -> String { "<gate \(name)>" }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "forward": return .object(forward)
    default: return try forward.attribute(name, session)
    }
  }

  /// One application: the frame of forward, which is the cache that backward sees, its tensor
  /// operands by parameter, and its outputs.
  final class Call: @unchecked Sendable {
    // Sendable: made and used on the thread that runs cells, as all values are.
    let frame: Frame
    let gate: GateObject
    let arguments: Arguments
    /// For each tensor operand, the parameter that it is.
    let parameters: [Int]
    let operands: [Traced]
    let outputs: [Traced]
    let isTuple: Bool

    init(
      frame: Frame, gate: GateObject, arguments: Arguments, parameters: [Int],
      operands: [Traced], outputs: [Traced], isTuple: Bool
    ) {
      self.frame = frame
      self.gate = gate
      self.arguments = arguments
      self.parameters = parameters
      self.operands = operands
      self.outputs = outputs
      self.isTuple = isTuple
    }
  }

  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    let call = try runForward(arguments, session)
    let packed = GateObject.packed(call.outputs.map(\.tensor))
    guard call.operands.contains(where: { $0.node.isTracked }) else {
      try check(call, arguments, session)
      let isFresh = call.operands.allSatisfy { $0.node == .fresh }
      return GateObject.result(
        call.outputs.map { Traced($0.tensor, isFresh ? .fresh : .constant) }, call.isTuple)
    }
    let gate = Gate.custom(
      name: name, operands: call.parameters.map { forward.code.layout.positional[$0] },
      summary: forward.code.docstring ?? "A gate of the user's.",
      forward: { operands throws(GateError) in try call.gate.runForward(again: call, operands) },
      backward: { _, upstream throws(GateError) in try call.gate.runBackward(call, upstream) })
    let traced = session.tape.pointee.record(
      custom: gate, call.operands, result: packed, cache: call)
    try check(call, arguments, session)
    return GateObject.result(
      try GateObject.unpacked(traced, like: call.outputs, session), call.isTuple)
  }

  private static func result(_ outputs: [Traced], _ isTuple: Bool) -> Value {
    isTuple ? .tuple(outputs.map { Value($0) }) : Value(outputs[0])
  }

  /// Runs forward on a frame that is kept.
  func runForward(_ arguments: Arguments, _ session: Session) throws(Failure) -> Call {
    let frame = Frame(code: forward.code, session: session, function: forward)
    try session.bind(arguments, to: forward, in: frame)
    var parameters: [Int] = []
    var operands: [Traced] = []
    for index in forward.code.layout.positional.indices {
      // A rectangular list of numbers is a tensor here, so that backward sees one.
      if let list = frame.slots[index].object(ListObject.self),
        let traced = try session.stacked(list.items), !list.items.isEmpty
      {
        frame.slots[index] = Value(traced)
      }
      if let traced = frame.slots[index].traced {
        parameters.append(index)
        operands.append(traced)
      }
    }
    let value = try session.run(frame)
    let items = value.object(TupleObject.self)?.items ?? [value]
    var outputs: [Traced] = []
    for item in items {
      guard let output = try session.tensor(item) else {
        throw Failure(
          .type, "forward of \(name) returned \(item.described), not a tensor",
          hint: "end forward with return and the gate's value")
      }
      outputs.append(output)
    }
    return Call(
      frame: frame, gate: self, arguments: arguments, parameters: parameters,
      operands: operands, outputs: outputs, isTuple: value.object(TupleObject.self) != nil)
  }

  /// The packed outputs at other tensor operands.
  private func runForward(
    again call: Call, _ operands: [Tensor]
  ) throws(GateError) -> Tensor {
    let session = call.frame.session
    do throws(Failure) {
      var changed = call.arguments
      for (parameter, operand) in zip(call.parameters, operands) {
        changed.set(
          parameter, named: forward.code.layout.positional[parameter], to: .constant(operand))
      }
      return GateObject.packed(try runForward(changed, session).outputs.map(\.tensor))
    } catch {
      session.pendingFailure = error
      throw GateError(.gradient, error.exception.message)
    }
  }

  /// Runs backward on the frame of a call; a failure in it ends the pass.
  private func runBackward(
    _ call: Call, _ upstream: Traced
  ) throws(GateError) -> [Traced?] {
    let session = call.frame.session
    do throws(Failure) {
      let upstreams = try GateObject.unpacked(upstream, like: call.outputs, session)
      return try gradients(of: call, upstreams, session)
    } catch {
      session.pendingFailure = error
      throw GateError(.gradient, error.exception.message)
    }
  }

  /// The downstream gradients that backward gives for a call, checked for count and shape.
  func gradients(
    of call: Call, _ upstreams: [Traced], _ session: Session
  ) throws(Failure) -> [Traced?] {
    guard upstream.count == upstreams.count else {
      throw Failure(
        .type,
        "backward of \(name) takes \(upstream.count) upstream gradients, and forward gives"
          + " \(upstreams.count) outputs")
    }
    let frame = call.frame
    frame.returned = .none
    for (target, value) in zip(upstream, upstreams) { try target.assign(Value(value), frame) }
    _ = try backward.run(frame)
    let returned = frame.returned.object(TupleObject.self)?.items ?? [frame.returned]
    let parameterCount = forward.code.layout.positional.count
    // Gradients for all parameters, or for the tensors among them alone.
    let places: [Int]
    if returned.count == parameterCount {
      places = call.parameters
    } else if returned.count == call.parameters.count {
      places = Array(call.parameters.indices)
    } else {
      throw Failure(
        .type,
        "backward of \(name) returned \(returned.count) gradient"
          + "\(returned.count == 1 ? "" : "s") for \(parameterCount) inputs",
        hint: "return one for each input, None where there is none")
    }
    var result: [Traced?] = []
    for (index, place) in places.enumerated() {
      let value = returned[place]
      if value.isNone {
        result.append(nil)
        continue
      }
      guard let gradient = try session.tensor(value) else {
        throw Failure(.type, "backward of \(name) returned \(value.described) as a gradient")
      }
      let shape = call.operands[index].shape
      guard gradient.shape == shape else {
        let parameter = forward.code.layout.positional[call.parameters[index]]
        throw Failure(
          .shape,
          "backward of \(name) returned a gradient of shape \(gradient.shape) for"
            + " \(parameter) of shape \(shape)",
          hint: "a gradient has the shape of its input")
      }
      result.append(gradient)
    }
    return result
  }

  // MARK: Several outputs as one node

  /// The outputs' entries, one after the other; a single output as it is.
  static func packed(_ outputs: [Tensor]) -> Tensor {
    if outputs.count == 1 { return outputs[0] }
    let count = outputs.reduce(0) { $0 + $1.count }
    return Tensor(shape: Shape(count), values: outputs.flatMap(\.values))
  }

  /// The parts of packed outputs, each in its shape.
  static func unpacked(
    _ packed: Traced, like outputs: [Traced], _ session: Session
  ) throws(Failure) -> [Traced] {
    if outputs.count == 1 { return [packed] }
    var parts: [Traced] = []
    var start = 0
    for output in outputs {
      let steps = output.shape.strides
      let selection = Selection(
        source: packed.shape, result: output.shape, places: .strided(start: start, steps: steps))
      do throws(GateError) {
        parts.append(
          try session.tape.pointee.apply(Gates.take, [packed], .selection(selection)))
      } catch { throw Failure(error) }
      start += output.shape.count
    }
    return parts
  }

  /// Text and place of the definition, for warnings.
  var definition: (source: Source, span: Span) { (forward.code.source, span) }
}
