import Autodiff

// Indexing: what an index means for each kind of value.

extension Session {
  /// `value[index]`.
  func item(_ value: Value, _ index: Value, name: String = "") throws(Failure) -> Value {
    switch value {
    case .tensor, .param:
      guard let traced = value.traced else { break }
      return try pick(traced, index, name: name)
    case .string(let string): return try character(string.text, index)
    case .object(let object):
      if let list = object as? ListObject, Session.needsTensor(index),
        let traced = try list.asTensor(self)
      {
        return try pick(traced, index, name: name)
      }
      return try object.item(index, self)
    case .number, .boolean:
      if let traced = value.traced, Session.isEmptyIndex(index) {
        return try pick(traced, index, name: name)
      }
      throw Failure(.index, "\(value.described) has no axes to index")
    case .none:
      throw Failure(.type, "None cannot be indexed", hint: "a function without return gives None")
    case .unbound: break
    }
    throw Failure(.type, "\(value.described) cannot be indexed")
  }

  private static func isEmptyIndex(_ index: Value) -> Bool {
    if let tuple = index.object(TupleObject.self) {
      return tuple.items.allSatisfy { $0.isNone || $0.object(EllipsisObject.self) != nil }
    }
    return index.isNone || index.object(EllipsisObject.self) != nil
  }

  /// Whether an index of a list asks for it as a tensor.
  private static func needsTensor(_ index: Value) -> Bool {
    switch index {
    case .tensor, .none: true
    case .object(let object): object is TupleObject || object is ListObject
    default: false
    }
  }

  private func pick(_ traced: Traced, _ index: Value, name: String) throws(Failure) -> Value {
    let selection = try selection(index, of: traced.shape, name: name)
    return try apply(Gates.take, [traced], .selection(selection))
  }

  /// What an index picks from a tensor of a shape.
  func selection(_ index: Value, of shape: Shape, name: String) throws(Failure) -> Selection {
    let parts: [Value] = index.object(TupleObject.self)?.items ?? [index]
    var items: [IndexItem] = []
    items.reserveCapacity(parts.count)
    for part in parts { items.append(try indexItem(part)) }
    do throws(GateError) {
      return try Selection(items, of: shape)
    } catch {
      throw Failure(error, operands: name.isEmpty ? [] : [name])
    }
  }

  /// One part of an index, between the commas.
  private func indexItem(_ part: Value) throws(Failure) -> IndexItem {
    switch part {
    case .number(let number, _):
      guard let index = Int(exactly: number) else {
        throw Failure(
          .index, "\(Printing.number(number)) is no integer, so it is no index",
          hint: "use // for a division that gives an integer, or int(…)")
      }
      return .integer(index)
    case .none: return .newAxis
    case .boolean(let value): return .mask(Tensor(number: value ? 1 : 0, isMask: true))
    case .object(let object):
      if let slice = object as? SliceObject {
        return .slice(start: slice.start, stop: slice.stop, step: slice.step)
      }
      if object is EllipsisObject { return .ellipsis }
      if let range = object as? RangeObject {
        return .integers(try shape(of: [range.count]), (0..<range.count).map { range[$0] })
      }
    default: break
    }
    let traced: Traced?
    if case .object(let object) = part, !(object is ListObject) {
      traced = try stacked(items(of: part))
    } else {
      traced = try tensor(part)
    }
    guard let tensor = traced?.tensor else {
      throw Failure(.index, "\(part.described) is no index")
    }
    if tensor.isMask { return .mask(tensor) }
    var integers: [Int] = []
    integers.reserveCapacity(tensor.count)
    for place in 0..<tensor.count {
      let value = tensor[place]
      guard let index = Int(exactly: value) else {
        throw Failure(
          .index, "\(Printing.number(value)) in the index is no integer",
          hint: "a mask comes from a comparison, as x[x > 0]")
      }
      integers.append(index)
    }
    return .integers(tensor.shape, integers)
  }

  private func character(_ text: String, _ index: Value) throws(Failure) -> Value {
    let scalars = Array(text.unicodeScalars)
    func string(_ places: [Int]) -> Value {
      var view = String.UnicodeScalarView()
      for place in places { view.append(scalars[place]) }
      return .string(String(view))
    }
    if let slice = index.object(SliceObject.self) {
      return string(try slice.places(scalars.count))
    }
    guard let number = index.traced?.tensor.item, let place = Int(exactly: number) else {
      throw Failure(.type, "a string is indexed by integers, not \(index.described)")
    }
    guard place >= -scalars.count, place < scalars.count else {
      throw Failure(.index, "index \(place) is out of range for a string of \(scalars.count)")
    }
    return string([place < 0 ? place + scalars.count : place])
  }
}
