import Autodiff
import Files
import Foundation
import History
import Testing

@testable import nabla

@Suite struct DoctorTests {
  /// Surroundings with some variables and no other.
  private func surroundings(_ variables: [String: String]) -> Surroundings {
    Surroundings { variables[$0] }
  }

  @Test("each check has a name of its own")
  func names() {
    let names = Check.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test("a machine without anything gets findings, not a crash")
  func nothing() throws {
    let empty = surroundings(["PATH": "/no/such/folder"])
    for check in Check.all where check.name != "kernel" {
      for finding in check.look(empty) {
        #expect(!finding.detail.isEmpty)
        #expect((finding.mend == nil) == (finding.status == .ok))
      }
    }
    #expect(Check.jupyter(empty).map(\.status) == [.warn])
    #expect(Check.runtimeFolder(empty).map(\.status) == [.fail])
    #expect(Check.history(empty).map(\.status) == [.ok])
  }

  @Test("kernels are found in the order in which Jupyter looks for them")
  func order() throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("nabla-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: root) }
    for folder in ["first", "user", "env/share/jupyter"] {
      let path = "\(root)/\(folder)/kernels/Nabla"
      try DiskFile.makeFolder(path)
      try DiskFile("\(path)/kernel.json").replace(
        with: Array(#"{"argv": ["nabla", "kernel"], "language": "nabla"}"#.utf8))
    }
    func folders(_ variables: [String: String]) -> [String] {
      let variables = variables.merging(["JUPYTER_DATA_DIR": "\(root)/user", "PATH": "/no"]) { $1 }
      let specs = surroundings(variables).kernelspecs.filter { $0.folder.hasPrefix(root) }
      #expect(specs.map(\.isShadowed) == specs.indices.map { $0 > 0 })
      return specs.map { $0.folder.dropFirst(root.count + 1).prefix { $0 != "/" } }.map(String.init)
    }
    #expect(folders([:]) == ["user"])
    let variables = ["VIRTUAL_ENV": "\(root)/env", "JUPYTER_PATH": "\(root)/first/"]
    #expect(folders(variables) == ["first", "user", "env"])
    try DiskFile("\(root)/env/pyvenv.cfg").replace(with: [])
    #expect(folders(variables) == ["first", "env", "user"])
  }

  @Test("products of the library for matrices are right")
  func products() {
    #expect(BLASLibrary.productError() == 0)
    #expect(BLASLibrary.version?.contains(".") == true)
  }

  @Test("a history that is not there yet is told apart from one that cannot be")
  func history() {
    #expect(HistoryExamination(of: .memory) == .memory)
    let path = FileManager.default.temporaryDirectory.path + "/no-\(UUID().uuidString)/h.sqlite"
    #expect(HistoryExamination(of: .file(path)) == .absent(path: path, problem: nil))
    #expect(
      HistoryExamination(of: .file("/dev/null/h"))
        == .absent(path: "/dev/null/h", problem: "/dev/null is no folder"))
  }
}
