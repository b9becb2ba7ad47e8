import JupyterProtocol
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "are written as ISO 8601",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
      (951_868_799_123_456_789, "2000-02-29T23:59:59.123456Z"),
      (4_102_444_799_999_999_999, "2099-12-31T23:59:59.999999Z"),
      (1_709_164_800_000_001_000, "2024-02-29T00:00:00.000001Z"),
      (-1_000_000_000, "1969-12-31T23:59:59.000000Z"),
    ] as [(Int64, String)])
  func text(nanoseconds: Int64, text: String) {
    #expect(Timestamp(nanoseconds: nanoseconds).text == text)
    #expect(Timestamp(text)?.nanoseconds == nanoseconds / 1000 * 1000)
  }

  @Test("read back every day of four centuries")
  func days() {
    for day in stride(from: Int64(-50_000), through: 100_000, by: 1) {
      let nanoseconds = day * 86_400_000_000_000
      #expect(Timestamp(Timestamp(nanoseconds: nanoseconds).text)?.nanoseconds == nanoseconds)
    }
  }

  @Test(
    "are read in the forms that clients write",
    arguments: [
      ("2024-02-29T12:00:00Z", 1_709_208_000_000_000_000, 1_000_000_000),
      ("2024-02-29T12:00:00", 1_709_208_000_000_000_000, 1_000_000_000),
      ("2024-02-29 12:00:00.25", 1_709_208_000_250_000_000, 10_000_000),
      ("2024-02-29T12:00:00.123Z", 1_709_208_000_123_000_000, 1_000_000),
      ("2024-02-29T12:00:00.123456+00:00", 1_709_208_000_123_456_000, 1000),
      ("2024-02-29T12:00:00+09:00", 1_709_175_600_000_000_000, 1_000_000_000),
      ("2024-02-29T12:00:00-0230", 1_709_217_000_000_000_000, 1_000_000_000),
      ("2024-02-29T12:00:00.1234567891234Z", 1_709_208_000_123_456_789, 1),
    ] as [(String, Int64, Int64)])
  func reading(text: String, nanoseconds: Int64, resolution: Int64) {
    let timestamp = Timestamp(text)
    #expect(timestamp?.nanoseconds == nanoseconds)
    #expect(timestamp?.resolution == resolution)
  }

  @Test(
    "are refused in other forms",
    arguments: [
      "", "x", "2024", "2024-13-01T00:00:00Z", "2024-02-00T00:00:00Z", "2024-02-29T24:00:00Z",
      "2024-02-29T12:00:00 Z", "2024-02-29T12:00:00Zx", "2024-02-29T12:00:00+", "二〇二四",
    ])
  func refusals(text: String) { #expect(Timestamp(text) == nil) }

  @Test("A coarse time is before another only when all it can mean is")
  func order() {
    let coarse = Timestamp(nanoseconds: 1_000_000, resolution: 1_000_000)
    #expect(!coarse.isSurelyBefore(Timestamp(nanoseconds: 1_500_000)))
    #expect(coarse.isSurelyBefore(Timestamp(nanoseconds: 2_000_000)))
  }
}
