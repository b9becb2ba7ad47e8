import JSON
import JupyterProtocol
import Testing

@Suite("Frames, headers and contents")
struct FrameTests {
  static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  @Test("survive being taken apart and joined")
  func roundTrip() throws {
    let parts = Self.bytes(["id", "", "<IDS|MSG>", "sig", "h", "p", "m", "c", "b1", "b2"])
    let frames = try Frames(splitting: parts)
    #expect(frames.identities == Self.bytes(["id", ""]))
    #expect(frames.header == Array("h".utf8))
    #expect(frames.content == Array("c".utf8))
    #expect(frames.buffers == Self.bytes(["b1", "b2"]))
    #expect(frames.joined == parts)
  }

  @Test(
    "are refused when too few",
    arguments: [
      ([], FrameError.noDelimiter(frames: 0)),
      (["x"], .noDelimiter(frames: 1)),
      (["<IDS|MSG>"], .tooFewParts(found: 0)),
      (["i", "<IDS|MSG>", "s", "h", "p", "m"], .tooFewParts(found: 4)),
      (["<ids|msg>", "s", "h", "p", "m", "c"], .noDelimiter(frames: 6)),
      (Array(repeating: "x", count: 1000), .tooManyIdentities(frames: 1000)),
    ])
  func refusals(texts: [String], failure: FrameError) {
    #expect(throws: failure) { try Frames(splitting: Self.bytes(texts)) }
  }

  @Test("A header keeps its bytes, and gives what it has")
  func header() throws {
    let text = #"{"msg_id": "1", "msg_type":"t", "date":"2024-02-29T12:00:00.5+01:00","x":[]}"#
    let header = try Header(parsing: Array(text.utf8))
    #expect(header.bytes == Array(text.utf8))
    #expect(header.messageID == "1")
    #expect(header.type == "t")
    #expect(header.session == "")
    #expect(header.date?.text == "2024-02-29T11:00:00.500000Z")
  }

  @Test(
    "A header that is none says what of it can be used",
    arguments: [
      ("", nil, false), ("[]", nil, false), ("{}", nil, true),
      (#"{"msg_type":"t"}"#, "t", true), (#"{"msg_type":1,"msg_id":"x"}"#, nil, true),
      (#"{"msg_type":"t","msg_id":null}"#, "t", true),
      (String(repeating: "[", count: 100_000), nil, false),
    ] as [(String, String?, Bool)])
  func badHeader(text: String, type: String?, isObject: Bool) {
    do throws(HeaderError) {
      _ = try Header(parsing: Array(text.utf8))
      Issue.record("it was taken for a header")
    } catch {
      #expect(error.type == type)
      #expect((error.bytes != nil) == isObject)
    }
  }

  @Test(
    "Contents are read by type",
    arguments: [
      (#"{"code": "1"}"#, nil),
      ("{}", "execute_request has no `code`, which must be a string"),
      (#"{"code": null}"#, "`code` of execute_request must be a string, not null"),
      (
        #"{"code": "", "silent": 1}"#, "`silent` of execute_request must be a boolean, not a number"
      ),
      (
        #"{"code": "", "user_expressions": []}"#,
        "`user_expressions` of execute_request must be an object, not an array"
      ),
      (
        #"{"code": "", "user_expressions": {"a": 1}}"#,
        "the user expression `a` must be a string"
      ),
      ("[]", "execute_request must be a JSON object, not an array"),
    ] as [(String, String?)])
  func contents(text: String, failure: String?) {
    do throws(MalformedContent) {
      _ = try ExecuteRequest(Fields(parsing: Array(text.utf8), of: ExecuteRequest.type))
      #expect(failure == nil)
    } catch {
      #expect(error.description == failure)
    }
  }

  @Test("A silent cell is never stored")
  func silence() throws {
    for (text, stores) in [
      (#"{"code":""}"#, true), (#"{"code":"","silent":true}"#, false),
      (#"{"code":"","silent":true,"store_history":true}"#, false),
      (#"{"code":"","store_history":false}"#, false),
    ] {
      let fields = try Fields(parsing: Array(text.utf8), of: "x")
      #expect(try ExecuteRequest(fields).storesHistory == stores)
    }
  }

  @Test("Cursors count code points and stay within the code")
  func cursors() throws {
    for (place, expected) in [("1", 1), ("-3", 0), ("99", 3), ("null", 3)] {
      let text = #"{"code":"e\#u{301}😀","cursor_pos":\#(place)}"#
      let fields = try Fields(parsing: Array(text.utf8), of: "x")
      #expect(try CompleteRequest(fields).cursor == expected)
    }
  }

  @Test("Code has a bound, and what is far beyond it is not even parsed")
  func largeCode() throws {
    func parse(_ count: Int) throws -> CompleteRequest {
      let code = String(repeating: "x", count: count)
      let text = JSON.object(["code": .string(code)]).serialized()
      return try CompleteRequest(
        Fields(
          parsing: text, of: CompleteRequest.type, maximumSize: CompleteRequest.maximumSize))
    }
    #expect(try parse(8 << 20).cursor == 8 << 20)
    for count in [8 << 20 + 1, 40 << 20] {
      let error = #expect(throws: MalformedContent.self) { try parse(count) }
      #expect(error?.description.contains("more than") == true)
    }
    #expect(throws: MalformedContent.self) {
      try Fields(parsing: Array(repeating: 32, count: 2 << 20), of: "the metadata")
    }
  }
}
