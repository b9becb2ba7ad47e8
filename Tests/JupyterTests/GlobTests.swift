import Testing

@testable import JupyterKernel

@Suite("Glob patterns")
struct GlobTests {
  @Test(
    "match as a shell's do",
    arguments: [
      ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything\nat all", true),
      ("a*", "abc", true), ("a*", "ba", false), ("*c", "abc", true), ("a?c", "abc", true),
      ("a?c", "ac", false), ("a*b*c", "axxbyyc", true), ("a*b*c", "axxcyyb", false),
      ("1 ? 2*", "1 + 2 + 3", true), ("?", "é", true), ("?", "😀", true),
      ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[^a-c]x", "dx", true),
      ("[!a]", "a", false), ("[]]", "]", true), ("[", "[", true), ("a[", "a[", true),
      ("[a-]", "-", true), ("[z-a]", "m", true), ("\\*", "\\x", true), ("**", "ab", true),
      ("x = 1", "x = 1", true), ("x = 1", "x = 12", false),
    ])
  func matching(pattern: String, text: String, expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }

  @Test("take no exponential time")
  func hostile() {
    let pattern = String(repeating: "a*", count: 500) + "b"
    #expect(!Glob(pattern).matches(String(repeating: "a", count: 2000)))
  }
}
