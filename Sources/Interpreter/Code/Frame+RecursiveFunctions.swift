// Freeing inner functions that call themselves or each other.

extension Frame {
  /// Frees the functions that nothing reaches but the variables that they captured.
  ///
  /// Such a function holds the variable that it calls itself by, and the variable holds the
  /// function: counting references alone would keep both for ever. So, at the end of the frame, its
  /// functions are taken out of its variables and their captures out of them. When nothing else
  /// turns out to hold any of these, they are let go; else all goes back to where it was.
  func freeRecursiveFunctions() {
    var inner: [Inner] = []
    for place in 0..<min(code.layout.ownShared, shared.count) {
      guard case .object(let object) = shared[place].value,
        let function = object as? FunctionObject
      else { continue }
      inner.append(Inner(function: function, place: place))
      shared[place].value = .unbound
    }
    guard !inner.isEmpty else { return }
    for index in inner.indices { inner[index].takeCaptures(of: self) }
    let isUnreachable =
      inner.indices.allSatisfy { isKnownUniquelyReferenced(&inner[$0].function) }
      && shared.indices.prefix(code.layout.ownShared).allSatisfy {
        isKnownUniquelyReferenced(&shared[$0])
      }
    guard !isUnreachable else { return }
    for function in inner { function.putBack(in: self) }
  }

  /// A function that was taken out of the frame's variable at a place.
  private struct Inner {
    var function: FunctionObject
    let place: Int
    private var captures: [Capture] = []

    /// A captured variable: one of the frame's own by its place, so as not to hold it.
    private enum Capture {
      case own(Int)
      case other(Variable)
    }

    init(function: FunctionObject, place: Int) {
      self.function = function
      self.place = place
    }

    mutating func takeCaptures(of frame: Frame) {
      captures = function.takeCaptured().map { variable in
        let own = frame.shared.prefix(frame.code.layout.ownShared)
        return own.firstIndex { $0 === variable }.map { .own($0) } ?? .other(variable)
      }
    }

    func putBack(in frame: Frame) {
      frame.shared[place].value = .object(function)
      // Of a function that stands in two variables, the first entry has the captures.
      guard !captures.isEmpty else { return }
      function.restore(
        captured: captures.map { capture in
          switch capture {
          case .own(let place): frame.shared[place]
          case .other(let variable): variable
          }
        })
    }
  }
}
