import EngineInterface
import JSON

/// Asks to run a cell.
public struct ExecuteRequest: CodeRequest {
  public static let type = "execute_request"
  public static let channels: [Channel] = [.shell]

  public var code: String
  public var silent: Bool
  /// Whether the cell counts and is remembered; never when silent.
  public var storesHistory: Bool
  public var userExpressions: [(name: String, code: String)]
  public var allowsInput: Bool
  public var stopsOnError: Bool

  public init(_ fields: Fields) throws(MalformedContent) {
    code = try fields.code()
    silent = try fields.bool("silent", default: false)
    let stores = try fields.bool("store_history", default: true)
    storesHistory = stores && !silent
    allowsInput = try fields.bool("allow_stdin", default: true)
    stopsOnError = try fields.bool("stop_on_error", default: true)
    userExpressions = []
    for (name, value) in try fields.object("user_expressions").pairs {
      guard let code = value.string else {
        throw MalformedContent("the user expression `\(name)` must be a string")
      }
      userExpressions.append((name, code))
    }
  }
}

/// How a cell ended.
public struct ExecuteReply: Reply {
  public static let type = "execute_reply"

  public var executionCount: Int
  public var outcome: ExecutionOutcome

  public init(executionCount: Int, outcome: ExecutionOutcome) {
    self.executionCount = executionCount
    self.outcome = outcome
  }

  public var content: JSON.Object {
    var content: JSON.Object
    if let error = outcome.error {
      content = error.replyContent
    } else {
      content = .ok()
    }
    content["execution_count"] = .number(executionCount)
    var expressions = JSON.Object()
    for (name, value) in outcome.userExpressions {
      switch value {
      case .success(let bundle):
        expressions[name] = .object(
          .ok(["data": .object(bundle.data), "metadata": .object(bundle.metadata)]))
      case .failure(let error):
        expressions[name] = .object(error.replyContent)
      }
    }
    content["user_expressions"] = .object(expressions)
    content["payload"] = .array(outcome.payloads.map(\.json))
    return content
  }
}

extension ExecutionOutcome.Payload {
  fileprivate var json: JSON {
    switch self {
    case .page(let bundle): ["source": "page", "data": .object(bundle.data), "start": 0]
    case .cell(let code):
      ["source": "set_next_input", "text": .string(code), "replace": true]
    case .exit: ["source": "ask_exit", "keepkernel": false]
    }
  }
}

/// Tells all front ends what runs, and under which number.
public struct ExecuteInput: Publication {
  public static let type = "execute_input"

  public var code: String
  public var executionCount: Int

  public init(code: String, executionCount: Int) {
    self.code = code
    self.executionCount = executionCount
  }

  public var content: JSON.Object {
    ["code": .string(code), "execution_count": .number(executionCount)]
  }
}

/// The value of a cell.
public struct ExecuteResult: Publication {
  public static let type = "execute_result"

  public var bundle: MIMEBundle
  public var executionCount: Int

  public init(bundle: MIMEBundle, executionCount: Int) {
    self.bundle = bundle
    self.executionCount = executionCount
  }

  public var content: JSON.Object {
    [
      "execution_count": .number(executionCount), "data": .object(bundle.data),
      "metadata": .object(bundle.metadata),
    ]
  }
}
