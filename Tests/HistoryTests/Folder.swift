import Files
import Foundation
import Synchronization

@testable import History

/// A folder of its own for one test, gone with it, and what histories in it report.
final class Folder: Sendable {
  let path: String
  let reports = Mutex<[String]>([])

  init() throws {
    var template = TemporaryName.template("\(NSTemporaryDirectory())/history")
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { "\(path)/history.sqlite" }
  var names: [String] { DiskFile.names(inFolder: path).sorted() }

  /// The files that were set aside, without their companions.
  var aside: [String] {
    names.filter { $0.contains(".corrupt-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
  }

  func history(_ place: HistoryPlace? = nil) -> History {
    History(place ?? .file(file)) { body in
      Thread.detachNewThread(body)
    } report: { line in
      self.reports.withLock { $0.append(line) }
    }
  }

  func store(_ place: HistoryPlace? = nil) -> HistoryStore {
    HistoryStore(place ?? .file(file)) { line in self.reports.withLock { $0.append(line) } }
  }

  /// Runs a session of lines to its end, with its file closed.
  func session(_ sources: [String]) {
    let history = history()
    for (index, source) in sources.enumerated() { history.append(source, line: index + 1) }
    history.close(within: 10_000)
  }
}

extension History {
  /// The sources of the last lines.
  func sources(_ count: Int = .max) -> [String] { entries(.tail(count)).map(\.source) }
}
