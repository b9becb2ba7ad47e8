import Syntax

/// The names of a function, class body or cell while it is compiled.
final class Scope {
  enum Kind { case module, function, classBody }

  let kind: Kind
  let parent: Scope?
  let code: Code
  /// Names that are assigned in the function, and so local to it.
  private var locals: Set<String>
  /// Locals that inner functions mention: they live in shared variables.
  private let mentionedInside: Set<String>
  let globalNames: Set<String>
  let nonlocalNames: Set<String>
  private var slots: [String: Int] = [:]
  /// Shared variables of this function, then those captured from outside, by name.
  private(set) var shared: [String: Int] = [:]
  /// For each captured variable its place in the parent's shared variables.
  private(set) var captures: [Int] = []
  private var capturedNames: [String] = []
  /// Variables of comprehensions that are being compiled, innermost last.
  private var hidden: [[String: Place]] = []

  /// Where a name stands.
  enum Place {
    case slot(Int)
    case shared(Int)
    case global(String)
  }

  init(kind: Kind, parent: Scope?, code: Code, names: AssignedNames, parameters: [String] = []) {
    self.kind = kind
    self.parent = parent
    self.code = code
    globalNames = names.globals
    nonlocalNames = names.nonlocals
    locals =
      kind == .module
      ? []
      : names.assigned.union(parameters).subtracting(names.globals)
        .subtracting(names.nonlocals)
    mentionedInside = names.mentionedInside
    for parameter in parameters { slots[parameter] = newSlot(parameter) }
    // Own shared variables come first, so that their places are known before the body is compiled.
    for name in locals.sorted() where kind == .function && mentionedInside.contains(name) {
      shared[name] = code.layout.sharedNames.count
      code.layout.sharedNames.append(name)
      code.layout.sharedFromSlot.append(slots[name])
    }
    for name in names.comprehensionVariables.sorted() where mentionedInside.contains(name) {
      shared[Scope.hiddenName(name)] = code.layout.sharedNames.count
      code.layout.sharedNames.append(name)
      code.layout.sharedFromSlot.append(nil)
    }
    code.layout.ownShared = code.layout.sharedNames.count
  }

  /// The key of a comprehension's shared variable, which no name of the language can equal.
  private static func hiddenName(_ name: String) -> String { "for " + name }

  func newSlot(_ name: String) -> Int {
    code.layout.slotNames.append(name)
    code.layout.slotCount += 1
    return code.layout.slotCount - 1
  }

  /// Where a name stands, seen from this scope.
  func place(of name: String) -> Place {
    for names in hidden.reversed() {
      if let place = names[name] { return place }
    }
    if globalNames.contains(name) { return .global(name) }
    if locals.contains(name) {
      if let index = shared[name] { return .shared(index) }
      if let slot = slots[name] { return .slot(slot) }
      let slot = newSlot(name)
      slots[name] = slot
      return .slot(slot)
    }
    if let index = capture(name) { return .shared(index) }
    return .global(name)
  }

  /// The place, among the frame's shared variables, of a variable of an enclosing function.
  private func capture(_ name: String) -> Int? {
    if let place = capturedNames.firstIndex(of: name) { return code.layout.ownShared + place }
    guard let parent, let outer = parent.sharedPlace(of: name) else { return nil }
    captures.append(outer)
    capturedNames.append(name)
    code.layout.sharedNames.append(name)
    return code.layout.ownShared + captures.count - 1
  }

  private func sharedPlace(of name: String) -> Int? {
    for names in hidden.reversed() {
      if case .shared(let index)? = names[name] { return index }
    }
    if globalNames.contains(name) { return nil }
    // The names of a class body are not seen by its methods.
    if kind == .function, let index = shared[name] { return index }
    return capture(name)
  }

  /// Whether a name is local to a class body.
  func isMember(_ name: String) -> Bool { kind == .classBody && locals.contains(name) }

  // MARK: Comprehensions

  /// Starts a comprehension with its own variables.
  func enterComprehension(_ names: Set<String>) {
    var places: [String: Place] = [:]
    for name in names.sorted() {
      if let index = shared[Scope.hiddenName(name)] {
        places[name] = .shared(index)
      } else {
        places[name] = .slot(newSlot(""))
      }
    }
    hidden.append(places)
  }

  func leaveComprehension() { hidden.removeLast() }
}

/// The names that a body assigns, declares, and mentions in inner functions.
struct AssignedNames {
  var assigned: Set<String> = []
  var globals: Set<String> = []
  var nonlocals: Set<String> = []
  var mentionedInside: Set<String> = []
  var comprehensionVariables: Set<String> = []
}
