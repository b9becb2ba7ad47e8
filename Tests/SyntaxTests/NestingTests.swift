import Foundation
import Testing

@testable import Syntax

/// Runs work on a thread with a stack of 8 MB, the usual size of a main thread.
private func onSmallStack(_ work: @escaping @Sendable () -> String) -> String {
  final class Result: @unchecked Sendable {
    // Written before the signal, read after it.
    var value = ""
  }
  let result = Result()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    result.value = work()
    done.signal()
  }
  thread.stackSize = 8 << 20
  thread.start()
  done.wait()
  return result.value
}

private func repeated(_ text: String, _ count: Int) -> String {
  String(repeating: text, count: count)
}

@Suite("Nesting")
struct NestingTests {
  @Test(
    "A hundred thousand levels are an error",
    arguments: [
      "(", "[", "{", "f(", "x[", "{1:", "lambda: ", "(-", "-(", "not (", "f'{", "f'{x:{", "1 ** (",
      "a or b and not c == d | e ^ f & g + h * -i ** (", "[x for x in ", "x if (",
    ])
  func openForever(opener: String) {
    let message = onSmallStack { tree(repeated(opener, 100_000)) }
    #expect(message.hasPrefix("error: "))
    #expect(message.contains("nested"))
  }

  @Test(
    "A hundred thousand operators in one chain are an error",
    arguments: [
      ("-", "1"), ("not ", "1"), ("2**", "2"), ("1 if 1 else ", "1"), ("1 + ", "1"), ("~-+", "1"),
      ("a @ ", "a"), ("- 2 ** ", "2"),
    ])
  func chains(part: String, last: String) {
    let message = onSmallStack { tree(repeated(part, 100_000) + last) }
    #expect(message == "error: this expression is nested too deeply")
  }

  @Test(
    "A hundred thousand attributes, calls or indices are an error", arguments: [".b", "()", "[0]"])
  func postfixes(part: String) {
    let message = onSmallStack { tree("a" + repeated(part, 100_000)) }
    #expect(message == "error: this expression is nested too deeply")
  }

  @Test(
    "What is flat has no bound",
    arguments: [
      ("if a: b\n", "elif a: b\n", ""), ("", "a = 1\n", ""), ("", "a;", ""), ("a", " and a", ""),
      ("a", " < a", ""), ("", "a = ", "1"), ("", "1,", ""), ("[", "1,", "]"), ("f(", "1,", ")"),
      ("'a'", " 'a'", ""), ("import a", ".b", ""), ("def f(*a):\n", "  pass\n", ""),
    ])
  func flat(head: String, part: String, tail: String) {
    let message = onSmallStack { tree(head + repeated(part, 20_000) + tail) }
    #expect(!message.hasPrefix("error"))
  }

  @Test("Blocks nest two hundred deep and no deeper")
  func blocks() {
    @Sendable func nested(_ count: Int) -> String {
      (0..<count).map { repeated(" ", $0) + "if a:\n" }.joined() + repeated(" ", count) + "b"
    }
    #expect(onSmallStack { tree(nested(200)) }.hasPrefix("(if (a"))
    #expect(
      onSmallStack { tree(nested(201)) } == "error: blocks are nested more than 200 levels deep")
  }

  @Test("A thousand terms and two hundred brackets are within the bounds")
  func bounds() {
    #expect(onSmallStack { tree("1" + repeated(" + 1", 999)) }.hasPrefix("(+"))
    #expect(onSmallStack { tree("1" + repeated(" + 1", 1_000)) }.hasPrefix("error"))
    #expect(onSmallStack { tree(repeated("(", 200) + "x" + repeated(")", 200)) } == "x")
    #expect(onSmallStack { tree(repeated("(", 201) + "x" + repeated(")", 201)) }.hasPrefix("error"))
    #expect(
      onSmallStack { tree(repeated("a + b * (", 199) + "c" + repeated(")", 199)) }
        .hasPrefix("(+"))
  }

  @Test("The deepest accepted text in the deepest block leaves the stack alone")
  func deepest() {
    let blocks = (0..<199).map { repeated(" ", $0) + "def f(x):\n" }.joined()
    let expression = repeated("f(lambda: a + ", 190) + "1" + repeated(")", 190)
    let message = onSmallStack { tree(blocks + repeated(" ", 199) + expression) }
    #expect(message.hasPrefix("(def"))
  }

  @Test("A node knows the height of its tree")
  func height() throws {
    let program = try Parser.parse(Source(name: "a", text: "f(a, [b, -c ** 2], k=lambda: {d: e})"))
    guard case .expression(let value, _) = program.statements[0].kind else {
      Issue.record("no expression")
      return
    }
    #expect(value.height == 5)
  }
}
