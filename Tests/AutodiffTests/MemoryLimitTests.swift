import CKernels
import Testing

@testable import Autodiff

@Suite("The memory that may be taken")
struct MemoryLimitTests {
  @Test("a unified control group is bounded by itself and by those above it")
  func unified() {
    let groups = SystemMemory.groups(of: "0::/user/app\n", under: "/cg") { _ in true }
    #expect(
      groups.map(\.limit) == [
        "/cg/user/app/memory.max", "/cg/user/memory.max", "/cg/memory.max",
      ])
  }

  @Test("of the older hierarchies the one of memory counts")
  func hierarchies() {
    let text = "12:cpu,cpuacct:/a\n7:memory:/docker/1f\n0::/init\n"
    let groups = SystemMemory.groups(of: text, under: "/cg") { $0.contains("memory.limit") }
    #expect(
      groups.map(\.usage) == [
        "/cg/memory/docker/1f/memory.usage_in_bytes", "/cg/memory/docker/memory.usage_in_bytes",
        "/cg/memory/memory.usage_in_bytes",
      ])
  }

  @Test("what is no list of groups names none", arguments: ["", "x", ":::", "0:\n\n", "0::"])
  func odd(text: String) {
    _ = SystemMemory.groups(of: text, under: "/cg") { _ in false }
    #expect(SystemMemory.groups(of: text, under: "/cg") { _ in false }.isEmpty)
  }

  @Test("the system's numbers are those of a running process")
  func numbers() {
    #expect(SystemMemory.resident > 1 << 20)
    #expect(SystemMemory.available > 1 << 20)
    #expect(SystemMemory.total > SystemMemory.resident)
    #expect(MemoryLimit.isPassed(by: SystemMemory.total))
    #expect(!MemoryLimit.isPassed(by: 4096))
  }

  @Test(
    "sizes read well",
    arguments: [
      (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1 << 20, "1 MiB"),
      (3 << 29, "1.5 GiB"), (Int.max, "more bytes than can be counted"),
    ])
  func text(bytes: Int, text: String) { #expect(MemoryLimit.text(bytes) == text) }

  @Test("a decoy may be written anywhere, and its addresses share a few pages")
  func decoy() throws {
    let bytes = 1 << 30
    let memory = try #require(nabla_make_decoy(bytes))
    defer { nabla_end_decoy(memory, bytes) }
    let entries = memory.bindMemory(to: Double.self, capacity: bytes / 8)
    for index in stride(from: 0, to: bytes / 8, by: 512) { entries[index] = Double(index) }
    let shared = (0..<bytes / 8).firstIndex { $0 > 0 && entries[$0] == entries[0] }
    #expect(shared.map { $0 * 8 <= 16 << 20 } == true)
    #expect(entries[bytes / 8 - 512] == Double(bytes / 8 - 512))
  }
}
