import Console
import Files
import JSON

extension Check {
  /// Whether the kernel is installed, and what it names is there.
  @Sendable static func kernelspecs(_ surroundings: Surroundings) -> [Finding] {
    guard !surroundings.kernelspecs.isEmpty else {
      return [.fail("the kernel is not installed: Jupyter does not know it", mend: "nabla install")]
    }
    return surroundings.kernelspecs.map { finding(of: $0, surroundings) }
  }

  private static func finding(of spec: FoundKernelspec, _ surroundings: Surroundings) -> Finding {
    var mend = spec.installation.map { "nabla install\($0)" } ?? "mend or remove \(spec.folder)"
    if spec.problem != nil, spec.installation != nil, !DiskFile("\(spec.folder)/bin/nabla").exists {
      // It could be another program's, which an installation leaves alone.
      mend = "rm -r \(spec.folder), then \(mend)"
    }
    func fault(_ detail: String, isSevere: Bool = true) -> Finding {
      let text = "\(spec.folder) \(detail)"
      if spec.isShadowed {
        return .warn("\(text); another of its name goes before it", mend: mend)
      }
      return isSevere ? .fail(text, mend: mend) : .warn(text, mend: mend)
    }
    if let problem = spec.problem { return fault("kernel.json \(problem)") }
    let binary = spec.arguments[0]
    guard spec.arguments.contains("{connection_file}") else {
      return fault("does not hand {connection_file} to the kernel")
    }
    guard let path = surroundings.program(binary) else {
      guard binary.contains("/") else { return fault("names \(binary), which is not on the PATH") }
      return fault(
        DiskFile(binary).exists
          ? "names \(binary), which is not executable" : "names \(binary), which does not exist")
    }
    var lines: [String] = []
    do throws(Subprocess.Failure) {
      let code = try Subprocess(program: path, arguments: ["--version"], errors: .joined)
        .run(within: .seconds(10)) { lines.append($0) }
      guard code == 0, let version = lines.first, lines.count == 1 else {
        return fault("names \(path), which does not tell its version (exit code \(code))")
      }
      if version != nablaVersion {
        return fault("has version \(version), and this is \(nablaVersion)", isSevere: false)
      }
    } catch {
      return fault("names what cannot be started: \(error)")
    }
    if spec.installation != nil, !isThisProgram(path) {
      return fault("has another build of version \(nablaVersion)", isSevere: false)
    }
    let shadow = spec.isShadowed ? ", behind another of its name" : ""
    return .ok("\(spec.name) in \(spec.folder), version \(nablaVersion)\(shadow)")
  }

  /// Whether a program is this one, or one with the same bytes.
  private static func isThisProgram(_ path: String) -> Bool {
    guard let mine = try? DiskFile("/proc/self/exe").read() else { return true }
    return (try? DiskFile(path).read()) == mine
  }

  /// Whether the jupyter of the PATH sees the kernel.
  @Sendable static func jupyter(_ surroundings: Surroundings) -> [Finding] {
    guard let jupyter = surroundings.program("jupyter") else {
      return [
        .warn(
          "there is no jupyter on the PATH",
          mend: "pip install jupyterlab, or activate the environment that has it")
      ]
    }
    var text = ""
    do throws(Subprocess.Failure) {
      let code = try Subprocess(
        program: jupyter, arguments: ["kernelspec", "list", "--json"], errors: .dropped
      ).run(within: .seconds(30)) { text += $0 + "\n" }
      guard code == 0 else {
        return [
          .warn("\(jupyter) kernelspec list ends with \(code)", mend: "\(jupyter) kernelspec list")
        ]
      }
    } catch {
      return [.warn("\(error)", mend: "\(jupyter) kernelspec list")]
    }
    guard let seen = (try? JSON(parsing: text))?["kernelspecs"]?.object else {
      return [
        .warn("\(jupyter) kernelspec list gives no JSON", mend: "\(jupyter) kernelspec list --json")
      ]
    }
    let folders = seen.pairs.compactMap { $0.1["resource_dir"]?.string }.map {
      DiskFile($0).resolved
    }
    let specs = surroundings.kernelspecs.filter { !$0.isShadowed && $0.problem == nil }
    guard !specs.isEmpty else {
      return [.ok("\(jupyter) lists its kernels; none of them is Nabla")]
    }
    return specs.map { spec in
      if folders.contains(DiskFile(spec.folder).resolved) {
        return .ok("\(jupyter) sees \(spec.name)")
      }
      let mend =
        Surroundings.jupyterPrefix(surroundings.environment).map { " --prefix \($0)" } ?? ""
      if let other = seen[spec.name.lowercased()]?["resource_dir"]?.string {
        return .warn(
          "\(jupyter) takes \(spec.name) from \(other), not from \(spec.folder)",
          mend: "jupyter kernelspec remove the one that is not wanted")
      }
      return .fail(
        "\(jupyter) does not see \(spec.folder)", mend: "nabla install\(mend)")
    }
  }
}
