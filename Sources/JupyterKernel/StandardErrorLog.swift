import EngineInterface
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes log lines to stderr, one write each, without formatting machinery.
public struct StandardErrorLog: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level

  public init(level: Logger.Level) { logLevel = level }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line = "nabla kernel: \(event.level): \(event.message)"
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    let bytes = Array((VisibleText.line(line) + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
