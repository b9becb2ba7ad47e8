import Autodiff
import CYAML
import CZlib
import Console
import History
import ZeroMQTransport

extension Check {
  @Sendable static func libzmq(_: Surroundings) -> [Finding] {
    let version = ZeroMQTransport.libraryVersion
    if ZeroMQTransport.canEncrypt { return [.ok("version \(version), with encryption")] }
    return [
      .warn(
        "version \(version), without CURVE: connections cannot be encrypted",
        mend: "install a libzmq that was built with libsodium")
    ]
  }

  @Sendable static func openBLAS(_: Surroundings) -> [Finding] {
    guard let error = BLASLibrary.productError() else {
      return [
        .warn(
          "libopenblas.so.0 cannot be opened: large products are slow, and there is no svd",
          mend: "apt install libopenblas0")
      ]
    }
    let name = BLASLibrary.version.map { "version \($0)" } ?? "a version without a name"
    guard error == 0 else {
      return [
        .fail("\(name) gives wrong products, off by \(error)", mend: "install another libopenblas")
      ]
    }
    return [.ok("\(name), its products are right")]
  }

  @Sendable static func zlib(_: Surroundings) -> [Finding] {
    let version = CZlib.zlibVersion().map { String(cString: $0) } ?? "unknown"
    let digits = Array("123456789".utf8)
    // The check value that the checksum is defined with.
    guard crc32(0, digits, UInt32(digits.count)) == 0xCBF4_3926 else {
      return [.fail("version \(version) computes wrong checksums", mend: "install another zlib")]
    }
    return [.ok("version \(version)")]
  }

  @Sendable static func libyaml(_: Surroundings) -> [Finding] {
    [.ok("version " + (yaml_get_version_string().map { String(cString: $0) } ?? "unknown"))]
  }

  @Sendable static func libedit(_: Surroundings) -> [Finding] {
    if LineEditing.isAvailable { return [.ok("can be opened")] }
    return [
      .warn(
        "libedit.so.2 cannot be opened: lines at the prompt cannot be edited",
        mend: "apt install libedit2")
    ]
  }

  /// SQLite, and the file that it keeps the cells in.
  @Sendable static func history(_ surroundings: Surroundings) -> [Finding] {
    let library = "SQLite \(HistoryExamination.libraryVersion)"
    let mend = "name another file in NABLA_HISTORY, or keep it in memory: NABLA_HISTORY=off"
    switch HistoryExamination(of: .standard(surroundings.environment)) {
    case .memory: return [.ok("\(library), in memory as NABLA_HISTORY says or for want of a home")]
    case .absent(let path, nil): return [.ok("\(library), \(path) comes with the first cell")]
    case .absent(let path, let problem?):
      return [.warn("\(library), \(path) cannot be made: \(problem)", mend: mend)]
    case .well(let path, let cells):
      return [.ok("\(library), \(path) is whole, \(cells) \(cells == 1 ? "cell" : "cells")")]
    case .damaged(let path, let reason):
      return [
        .warn(
          "\(library), \(path) is broken: \(reason)",
          mend: "the next kernel sets it aside and begins a new one")
      ]
    case .unusable(let path, let reason):
      return [.warn("\(library), \(path) cannot be used: \(reason)", mend: mend)]
    }
  }

  @Sendable static func graphviz(_ surroundings: Surroundings) -> [Finding] {
    let mend = "apt install graphviz; without it circuits are drawn as text"
    guard let dot = surroundings.program("dot") else {
      return [.warn("there is no dot on the PATH", mend: mend)]
    }
    var line = ""
    do throws(Subprocess.Failure) {
      let code = try Subprocess(program: dot, arguments: ["-V"], errors: .joined)
        .run(within: .seconds(10)) { line = $0 }
      guard code == 0 else { return [.warn("\(dot) -V ends with \(code)", mend: mend)] }
    } catch {
      return [.warn("\(error)", mend: mend)]
    }
    // "dot - graphviz version 12.2.1 (…)".
    let words = line.split(separator: " ")
    let place = words.firstIndex(of: "version").map { $0 + 1 }
    return [
      .ok(place.flatMap { words.indices.contains($0) ? "version \(words[$0])" : nil } ?? dot)
    ]
  }
}
