#if canImport(Glibc)
  import Glibc
#endif

/// A moment as ISO 8601 has it, in UTC with milliseconds.
enum Timestamp {
  /// `seconds` are counted from 1970.
  static func text(_ seconds: Double) -> String {
    let milliseconds = Int64((seconds * 1000).rounded())
    var whole = time_t(milliseconds / 1000)
    var parts = tm()
    gmtime_r(&whole, &parts)
    func digits(_ number: some BinaryInteger, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let date = "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
    let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits($0, 2) }
    return "\(date)T\(time.joined(separator: ":")).\(digits(milliseconds % 1000, 3))Z"
  }
}
