import EngineInterface
import JSON

/// What a run asks of the process that runs a file for it.
enum WorkerRequest {
  /// Makes a folder the current one.
  case enter(folder: String)
  case execute(ExecutionRequest)
  case interrupt

  var json: JSON {
    switch self {
    case .enter(let folder): return ["enter": .string(folder)]
    case .interrupt: return ["interrupt": true]
    case .execute(let request):
      var cell: JSON.Object = [
        "code": .string(request.code), "showsTables": .bool(request.showsTables),
      ]
      cell["count"] = request.executionCount.map { .number($0) }
      cell["id"] = request.cellID.map { .string($0) }
      cell["file"] = request.file.map { .string($0) }
      return ["execute": .object(cell)]
    }
  }

  init?(_ json: JSON) {
    if json["interrupt"] == true {
      self = .interrupt
    } else if let folder = json["enter"]?.string {
      self = .enter(folder: folder)
    } else if let cell = json["execute"], let code = cell["code"]?.string {
      self = .execute(
        ExecutionRequest(
          code: code, executionCount: cell["count"]?.int, cellID: cell["id"]?.string,
          file: cell["file"]?.string, showsTables: cell["showsTables"]?.bool ?? true))
    } else {
      return nil
    }
  }
}

/// What a cell shows, and how it ends, told by the process that runs it.
enum WorkerEvent {
  /// The process is there and takes requests.
  case ready
  case text(String, StandardStream)
  case display(MIMEBundle, id: String?)
  case update(MIMEBundle, id: String)
  case progress(MIMEBundle, id: String, ProgressStage)
  case result(MIMEBundle)
  case clear(wait: Bool)
  case ended(ErrorReport?, pages: [MIMEBundle])

  var json: JSON {
    switch self {
    case .ready: return ["ready": true]
    case .text(let text, let stream):
      return ["text": .string(text), "stream": .string(stream.rawValue)]
    case .display(let bundle, let id):
      return ["display": bundle.json, "id": id.map { .string($0) } ?? .null]
    case .update(let bundle, let id): return ["update": bundle.json, "id": .string(id)]
    case .progress(let bundle, let id, let stage):
      return ["progress": bundle.json, "id": .string(id), "stage": .string(stage.name)]
    case .result(let bundle): return ["result": bundle.json]
    case .clear(let wait): return ["clear": .bool(wait)]
    case .ended(let error, let pages):
      return ["ended": error?.json ?? .null, "pages": .array(pages.map(\.json))]
    }
  }

  init?(_ json: JSON) {
    if json["ready"] == true {
      self = .ready
    } else if let text = json["text"]?.string,
      let stream = json["stream"]?.string.flatMap(StandardStream.init)
    {
      self = .text(text, stream)
    } else if let bundle = json["display"].flatMap(MIMEBundle.init(json:)) {
      self = .display(bundle, id: json["id"]?.string)
    } else if let bundle = json["update"].flatMap(MIMEBundle.init(json:)),
      let id = json["id"]?.string
    {
      self = .update(bundle, id: id)
    } else if let bundle = json["progress"].flatMap(MIMEBundle.init(json:)),
      let id = json["id"]?.string, let stage = json["stage"]?.string.flatMap(ProgressStage.init)
    {
      self = .progress(bundle, id: id, stage)
    } else if let bundle = json["result"].flatMap(MIMEBundle.init(json:)) {
      self = .result(bundle)
    } else if let wait = json["clear"]?.bool {
      self = .clear(wait: wait)
    } else if let error = json["ended"] {
      self = .ended(
        ErrorReport(json: error),
        pages: json["pages"]?.array?.compactMap(MIMEBundle.init(json:)) ?? [])
    } else {
      return nil
    }
  }
}

extension ProgressStage {
  fileprivate var name: String {
    switch self {
    case .first: "first"
    case .next: "next"
    case .last: "last"
    }
  }

  fileprivate init?(_ name: String) {
    switch name {
    case "first": self = .first
    case "next": self = .next
    case "last": self = .last
    default: return nil
    }
  }
}

extension MIMEBundle {
  fileprivate var json: JSON { ["data": .object(data), "metadata": .object(metadata)] }

  fileprivate init?(json: JSON) {
    guard let data = json["data"]?.object else { return nil }
    self.init(data: data, metadata: json["metadata"]?.object ?? [:])
  }
}

extension ErrorReport {
  fileprivate var json: JSON {
    [
      "name": .string(name), "message": .string(message),
      "traceback": .array(traceback.map { .string($0) }),
    ]
  }

  fileprivate init?(json: JSON) {
    guard let name = json["name"]?.string, let message = json["message"]?.string else { return nil }
    self.init(
      name: name, message: message,
      traceback: json["traceback"]?.array?.compactMap(\.string) ?? [])
  }
}
