/// One thing that `nabla doctor` looks at: a row of ``all``.
struct Check: Sendable {
  let name: String
  /// Looks, and tells each thing that was found; it takes a bounded time.
  let look: @Sendable (Surroundings) -> [Finding]

  /// In the order in which they are shown.
  static let all: [Check] = [
    Check(name: "kernelspec", look: kernelspecs),
    Check(name: "jupyter", look: jupyter),
    Check(name: "libzmq", look: libzmq),
    Check(name: "OpenBLAS", look: openBLAS),
    Check(name: "zlib", look: zlib),
    Check(name: "libyaml", look: libyaml),
    Check(name: "libedit", look: libedit),
    Check(name: "history", look: history),
    Check(name: "Graphviz", look: graphviz),
    Check(name: "runtime", look: runtimeFolder),
    Check(name: "kernel", look: kernel),
  ]
}
