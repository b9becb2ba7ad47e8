import Autodiff
import Syntax

/// Where an assignment puts a value.
class Target {
  let span: Span
  init(_ span: Span) { self.span = span }

  func assign(_ value: Value, _ frame: Frame) throws(Failure) {}
  func delete(_ frame: Frame) throws(Failure) {}
  /// The value at hand, for augmented assignments.
  func load(_ frame: Frame) throws(Failure) -> Value { .unbound }
  /// Notes for the cell's table that the value was changed in place.
  func noteUpdate(_ frame: Frame) {}
  /// Loads, computes and stores, with what stands before the name or index evaluated once.
  ///
  /// `change` gives nil where it changed the value in place.
  func modify(_ frame: Frame, _ change: (Value) throws(Failure) -> Value?) throws(Failure) {
    if let new = try change(load(frame)) { try assign(new, frame) }
  }
  /// Takes the value out, so that it has no other owner while it is changed in place.
  func take(_ frame: Frame) throws(Failure) -> Value { try load(frame) }
}

/// A local variable.
final class LocalTarget: Target {
  private let slot: Int
  private let reader: Node
  init(_ slot: Int, reader: Node, _ span: Span) {
    self.slot = slot
    self.reader = reader
    super.init(span)
  }
  override func assign(_ value: Value, _ frame: Frame) throws(Failure) {
    frame.slots[slot] = frame.session.settled(value)
  }
  override func load(_ frame: Frame) throws(Failure) -> Value { try reader.evaluate(frame) }
  override func take(_ frame: Frame) throws(Failure) -> Value {
    let value = try reader.evaluate(frame)
    frame.slots[slot] = .none
    return value
  }
  override func delete(_ frame: Frame) throws(Failure) {
    _ = try reader.evaluate(frame)
    frame.slots[slot] = .unbound
  }
}

/// A variable that functions share.
final class SharedTarget: Target {
  private let index: Int
  private let reader: Node
  init(_ index: Int, reader: Node, _ span: Span) {
    self.index = index
    self.reader = reader
    super.init(span)
  }
  override func assign(_ value: Value, _ frame: Frame) throws(Failure) {
    frame.shared[index].value = frame.session.settled(value)
  }
  override func load(_ frame: Frame) throws(Failure) -> Value { try reader.evaluate(frame) }
  override func delete(_ frame: Frame) throws(Failure) {
    _ = try reader.evaluate(frame)
    frame.shared[index].value = .unbound
  }
}

/// A name of the module; at the top level of a cell the assignment is noted for its table.
final class GlobalTarget: Target {
  private let slot: Int
  private let reader: Node
  /// The text of the right side, for the table; nil inside functions.
  private let note: Span?
  init(_ slot: Int, reader: Node, note: Span?, _ span: Span) {
    self.slot = slot
    self.reader = reader
    self.note = note
    super.init(span)
  }
  override func assign(_ value: Value, _ frame: Frame) throws(Failure) {
    frame.globals.slots[slot] = frame.session.settled(value)
    if let note { frame.session.assignments.note(slot, note) }
  }
  override func noteUpdate(_ frame: Frame) {
    if let note { frame.session.assignments.note(slot, note) }
  }
  override func load(_ frame: Frame) throws(Failure) -> Value { try reader.evaluate(frame) }
  override func take(_ frame: Frame) throws(Failure) -> Value {
    let value = try reader.evaluate(frame)
    frame.globals.slots[slot] = .none
    return value
  }
  override func delete(_ frame: Frame) throws(Failure) {
    if case .unbound = frame.globals.slots[slot] { _ = try reader.evaluate(frame) }
    frame.globals.slots[slot] = .unbound
  }
}

/// `object.name`.
final class AttributeTarget: Target {
  private let object: Node
  private let name: String
  init(_ object: Node, _ name: String, _ span: Span) {
    self.object = object
    self.name = name
    super.init(span)
  }
  override func assign(_ value: Value, _ frame: Frame) throws(Failure) {
    let object = try object.evaluate(frame)
    do throws(Failure) { try frame.session.setAttribute(name, of: object, to: value) } catch {
      throw error.placed(at: span, in: frame)
    }
  }
  override func load(_ frame: Frame) throws(Failure) -> Value {
    let object = try object.evaluate(frame)
    do throws(Failure) { return try frame.session.attribute(name, of: object) } catch {
      throw error.placed(at: span, in: frame)
    }
  }
  override func modify(
    _ frame: Frame, _ change: (Value) throws(Failure) -> Value?
  ) throws(Failure) {
    let object = try object.evaluate(frame)
    do throws(Failure) {
      let old = try frame.session.attribute(name, of: object)
      if let new = try change(old) { try frame.session.setAttribute(name, of: object, to: new) }
    } catch { throw error.placed(at: span, in: frame) }
  }
  override func delete(_ frame: Frame) throws(Failure) {
    let value = try object.evaluate(frame)
    guard case .object(let object) = value else {
      throw Failure(.attribute, "attributes of \(value.described) cannot be deleted")
        .placed(at: span, in: frame)
    }
    do throws(Failure) { try object.deleteAttribute(name, frame.session) } catch {
      throw error.placed(at: span, in: frame)
    }
  }
}

/// `object[index]`: an item of a container, or entries of a tensor, which is then assigned anew.
final class SubscriptTarget: Target {
  private let object: Node
  /// The place of the object itself, where it can be assigned.
  private let place: Target?
  private let index: Node

  init(_ object: Node, place: Target?, _ index: Node, _ span: Span) {
    self.object = object
    self.place = place
    self.index = index
    super.init(span)
  }

  override func assign(_ value: Value, _ frame: Frame) throws(Failure) {
    let index = try index.evaluate(frame)
    try assign(value, at: index, frame)
  }

  override func noteUpdate(_ frame: Frame) { place?.noteUpdate(frame) }

  private func assign(_ value: Value, at index: Value, _ frame: Frame) throws(Failure) {
    let session = frame.session
    do throws(Failure) {
      let update: EntryUpdate
      // The tensor is let go before it is changed, so that its name is the only owner.
      do {
        let container = try object.evaluate(frame)
        switch container {
        case .object(let object): return try object.setItem(index, value, session)
        case .param(let param):
          try session.update(
            param,
            session.entryUpdate(
              value, at: index, of: param.tensor.shape, name: object.text(frame)))
          return noteUpdate(frame)
        case .tensor(let tensor):
          update = try session.entryUpdate(
            value, at: index, of: tensor.tensor.shape, name: object.text(frame))
        default:
          throw Failure(.type, "items of \(container.described) cannot be set")
        }
      }
      guard let place else {
        throw Failure(
          .type, "the entries of a computed value cannot be set", hint: "give it a name first")
      }
      try place.assign(replaced(place, update, frame), frame)
    } catch { throw error.placed(at: span, in: frame) }
  }

  private func replaced(
    _ place: Target, _ update: EntryUpdate, _ frame: Frame
  ) throws(Failure) -> Value {
    guard case .tensor(let tensor) = try place.take(frame) else { return .none }
    return frame.session.replacing(tensor, update, at: (object, span), frame)
  }

  override func load(_ frame: Frame) throws(Failure) -> Value {
    let container = try object.evaluate(frame)
    let index = try index.evaluate(frame)
    do throws(Failure) {
      return try frame.session.item(container, index, name: object.text(frame))
    } catch { throw error.placed(at: span, in: frame) }
  }

  override func modify(
    _ frame: Frame, _ change: (Value) throws(Failure) -> Value?
  ) throws(Failure) {
    let index: Value
    let old: Value
    var shared: Object?
    do {
      let container = try object.evaluate(frame)
      index = try self.index.evaluate(frame)
      do throws(Failure) {
        old = try frame.session.item(container, index, name: object.text(frame))
      } catch { throw error.placed(at: span, in: frame) }
      // A tensor is let go here, so that its name is the only owner when it is changed in place.
      if case .object(let object) = container { shared = object }
    }
    guard let new = try change(old) else { return }
    guard let shared else { return try assign(new, at: index, frame) }
    do throws(Failure) { try shared.setItem(index, new, frame.session) } catch {
      throw error.placed(at: span, in: frame)
    }
  }

  override func delete(_ frame: Frame) throws(Failure) {
    let container = try object.evaluate(frame)
    let index = try index.evaluate(frame)
    guard case .object(let object) = container else {
      throw Failure(.type, "items of \(container.described) cannot be deleted")
        .placed(at: span, in: frame)
    }
    do throws(Failure) { try object.deleteItem(index, frame.session) } catch {
      throw error.placed(at: span, in: frame)
    }
  }
}

/// `a, b = …`, perhaps with `*rest` among the targets.
final class UnpackingTarget: Target {
  private let targets: [Target]
  private let star: Int?

  init(_ targets: [Target], star: Int?, _ span: Span) {
    self.targets = targets
    self.star = star
    super.init(span)
  }

  override func assign(_ value: Value, _ frame: Frame) throws(Failure) {
    // A tuple of as many items, the most frequent case, goes first.
    if star == nil, case .object(let object) = value, let tuple = object as? TupleObject,
      tuple.items.count == targets.count
    {
      for index in targets.indices { try targets[index].assign(tuple.items[index], frame) }
      return
    }
    let items: [Value]
    do throws(Failure) { items = try frame.session.items(of: value) } catch {
      throw error.placed(at: span, in: frame)
    }
    let fits = star == nil ? items.count == targets.count : items.count >= targets.count - 1
    guard fits else {
      let needs = star == nil ? "\(targets.count)" : "at least \(targets.count - 1)"
      throw Failure(
        .value,
        "\(items.count) value\(items.count == 1 ? "" : "s") for \(needs) target"
          + "\(targets.count == 1 ? "" : "s")"
      ).placed(at: span, in: frame)
    }
    guard let star else {
      for (target, item) in zip(targets, items) { try target.assign(item, frame) }
      return
    }
    let extra = items.count - (targets.count - 1)
    for index in 0..<star { try targets[index].assign(items[index], frame) }
    try targets[star].assign(.list(Array(items[star..<star + extra])), frame)
    for index in (star + 1)..<targets.count {
      try targets[index].assign(items[index + extra - 1], frame)
    }
  }

  override func delete(_ frame: Frame) throws(Failure) {
    for target in targets { try target.delete(frame) }
  }
}
