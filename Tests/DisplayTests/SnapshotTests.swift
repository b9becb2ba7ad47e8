import EngineInterface
import Foundation
import JSON
import Testing

@testable import Display

/// Compares with the files in `Snapshots`; with `NABLA_RECORD=1` writes them, and fails.
enum Snapshot {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Snapshots")

  static var isRecording: Bool { ProcessInfo.processInfo.environment["NABLA_RECORD"] == "1" }

  static func check(_ text: String, _ file: String, _ place: SourceLocation = #_sourceLocation) {
    let url = folder.appending(path: file)
    if isRecording {
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: url)
        Issue.record("recorded \(file): run again without NABLA_RECORD", sourceLocation: place)
      } catch {
        Issue.record("cannot record \(file): \(error)", sourceLocation: place)
      }
      return
    }
    guard let data = try? Data(contentsOf: url) else {
      Issue.record("no snapshot \(file): record it with NABLA_RECORD=1", sourceLocation: place)
      return
    }
    #expect(String(decoding: data, as: UTF8.self) == text + "\n", sourceLocation: place)
  }
}

@Suite("Snapshots of what is shown")
struct SnapshotTests {
  @Test("Every representation of every view", arguments: Samples.all.map(\.name))
  func representations(_ name: String) throws {
    let view = try #require(Samples.all.first { $0.name == name }).view
    let data = view.bundle().data
    for (type, value) in data.pairs {
      switch type {
      case "text/plain": Snapshot.check(try #require(value.string), "\(name).txt")
      case "text/html": Snapshot.check(try #require(value.string), "\(name).html")
      case "text/latex": Snapshot.check(try #require(value.string), "\(name).tex")
      case "application/vnd.dataresource+json": Snapshot.check(value.prettyString(), "\(name).json")
      default: Issue.record("no snapshot for the type \(type)")
      }
    }
  }

  @Test("A terminal gets colours and its own width")
  func terminal() {
    Snapshot.check(Samples.network.text(TextPage(width: 80, colors: .basic)), "network-ansi-80.txt")
    Snapshot.check(Samples.network.text(TextPage(width: 60)), "network-60.txt")
    Snapshot.check(Samples.hostile.text(TextPage(width: 50)), "hostile-50.txt")
    Snapshot.check(
      Samples.gradcheck.text(TextPage(width: 80, colors: .basic)), "gradcheck-ansi-80.txt")
  }
}
