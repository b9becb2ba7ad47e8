import EngineInterface
import JSON
import JupyterProtocol

/// The work of the I/O thread: takes messages in, checks them, hands them to who serves them, and
/// sends what waits.
struct Desk {
  private let kernel: Kernel
  private let transport: any Transport
  private let signer: Signer
  private var envelope: Envelope
  private var replays = ReplayWindow()
  private var questions = Questions()

  init(kernel: Kernel, transport: any Transport) {
    self.kernel = kernel
    self.transport = transport
    signer = Signer(key: kernel.configuration.key)
    envelope = Envelope(signer: signer)
  }

  /// Works until the kernel ends.
  mutating func run() {
    while !isEnding { turn(atMost: nil) }
    stop()
    transport.close()
  }

  private var isEnding: Bool { kernel.isEnding.load(ordering: .sequentiallyConsistent) }

  /// Sends what is due, waits, and takes in what came.
  private mutating func turn(atMost limit: Int?) {
    var pause = limit
    if !transport.isCongested || kernel.outbox.isUrgent {
      switch kernel.outbox.take(now: .now()) {
      case .send(let items):
        for item in items { send(item) }
        pause = 0
      case .wait(let milliseconds):
        if let milliseconds { pause = min(milliseconds, limit ?? milliseconds) }
      }
    }
    if let milliseconds = kernel.foldedLog.summarise() {
      pause = min(milliseconds, pause ?? milliseconds)
    }
    if !questions.isEmpty {
      askAgain()
      if !questions.isEmpty { pause = min(Questions.interval, pause ?? Questions.interval) }
    }
    let transport = transport
    transport.wait(milliseconds: pause) { event in handle(event) }
  }

  /// Stops the running cell, refuses those that wait, and delivers what was still to be said.
  private mutating func stop() {
    // Who asked for the end waits for the reply, and not for all that ends with it.
    flush()
    kernel.session.close()
    for shell in kernel.shells { shell.close() }
    kernel.queries.close()
    kernel.outbox.close()
    let start = Timestamp.now()
    let step = 20
    while kernel.areCellsRunning {
      let waited = (Timestamp.now().nanoseconds - start.nanoseconds) / 1_000_000
      guard waited >= 0, waited < Kernel.patience else { break }
      // Again and again: a cell may catch an interrupt and go on.
      kernel.engine.interrupt()
      turn(atMost: step)
    }
    flush()
  }

  /// Sends what waits and is due.
  private mutating func flush() {
    guard case .send(let items) = kernel.outbox.take(now: .now()) else { return }
    for item in items { send(item) }
  }

  private mutating func send(_ item: Outgoing) {
    if deliver(item) { return }
    if item.announces != nil {
      questions.append(item)
    } else {
      kernel.foldedLog.log(.warning, "could not send on \(item.channel.rawValue)", item.type)
    }
  }

  private mutating func askAgain() {
    var questions = questions
    questions.ask { deliver($0) }
    self.questions = questions
  }

  /// Signs a message and hands it to the transport; false when that cannot send it.
  private mutating func deliver(_ item: Outgoing) -> Bool {
    item.announces?.announce(messageID: envelope.nextMessageID)
    let parts = envelope.frames(
      type: item.type, date: item.date, identities: item.identities, parent: item.parent,
      metadata: item.metadata, content: item.content, buffers: item.buffers)
    return transport.send(parts, on: item.channel)
  }

  private mutating func handle(_ event: TransportEvent) {
    switch event {
    case .message(let parts, let channel): receive(parts, channel)
    case .subscribed(let topic): welcome(topic)
    case .interrupted: kernel.interrupt()
    case .terminated:
      kernel.logger.info("ending: the system asked for it")
      kernel.isEnding.store(true, ordering: .sequentiallyConsistent)
    case .orphaned:
      kernel.logger.info("ending: the process that started this kernel is gone")
      kernel.isEnding.store(true, ordering: .sequentiallyConsistent)
    case .cutOff:
      kernel.logger.warning("cut off a subscriber that did not read; it may connect again")
    case .failed(let reason, let channel, let lacksKey):
      kernel.foldedLog.log(
        lacksKey ? .warning : .debug, "a connection to \(channel.rawValue) failed", reason)
    case .dropped(let reason, let channel): drop(channel, reason)
    }
  }

  private func drop(_ channel: Channel, _ reason: String) {
    kernel.foldedLog.log(.warning, "dropped a message on \(channel.rawValue)", reason)
  }

  /// Greets a new subscriber, past the outbox: nothing else may reach it first.
  private mutating func welcome(_ topic: [UInt8]) {
    guard let text = String(validating: topic, as: UTF8.self) else {
      return drop(.iopub, "its subscription is no UTF-8")
    }
    var message = Outgoing(IopubWelcome(subscription: text), parent: Exchange.noParent)
    message.identities = [topic]
    send(message)
  }

  /// Checks a message and hands it on.
  private mutating func receive(_ parts: [[UInt8]], _ channel: Channel) {
    let arrival = Timestamp.now()
    let frames: Frames
    do throws(FrameError) { frames = try Frames(splitting: parts) } catch {
      return drop(channel, error.description)
    }
    do throws(SignatureError) {
      if let digest = try signer.verify(frames), !replays.insert(digest) {
        return drop(channel, "it was received before")
      }
    } catch {
      return drop(channel, error.description)
    }
    var exchange = Exchange(
      channel: channel, shell: kernel.mainShell, identities: frames.identities,
      parent: Exchange.noParent, type: "",
      messageID: "", session: "", date: nil, arrival: arrival, parentPart: frames.parent,
      metadataPart: frames.metadata, contentPart: frames.content, buffers: frames.buffers)
    let subshellID: String?
    do throws(HeaderError) {
      let header = try Header(parsing: frames.header)
      exchange.parent = header.bytes
      exchange.type = header.type
      exchange.messageID = header.messageID
      exchange.session = header.session
      exchange.date = header.date
      subshellID = header.subshellID
    } catch {
      exchange.parent = error.bytes ?? Exchange.noParent
      exchange.type = error.type ?? "unknown"
      return refuse(exchange, ErrorReply(name: "MalformedHeader", message: error.reason))
    }
    if exchange.type == InputReply.type, channel == .stdin {
      return answer(exchange, in: subshellID)
    }
    do throws(ErrorReply) {
      if let subshellID, channel == .shell {
        exchange.shell = try kernel.subshells.find(subshellID)
      }
      try dispatch(exchange)
    } catch {
      refuse(exchange, error)
    }
  }

  /// Answers with an error what was handed to nobody.
  private func refuse(_ exchange: Exchange, _ error: ErrorReply) {
    kernel.busyCells.begin(exchange.parent, isCell: false)
    kernel.refuse(exchange, error)
    kernel.busyCells.end(exchange.parent, isCell: false)
  }

  private func dispatch(_ exchange: Exchange) throws(ErrorReply) {
    let route = Routes.byType[exchange.type]
    let isMisplaced = route.map { !$0.channels.contains(exchange.channel) } ?? true
    let accepted: Bool
    switch isMisplaced ? .transport : route?.place ?? .transport {
    case .transport:
      kernel.serve(exchange)
      accepted = true
    case .queries: accepted = kernel.queries.append(exchange)
    case .history:
      if let lines = kernel.recentLines(exchange) {
        var exchange = exchange
        exchange.recentLines = lines
        kernel.serve(exchange)
        accepted = true
      } else {
        accepted = kernel.history.perform { [kernel] in kernel.serve(exchange) }
      }
    case .cells, .session:
      do throws(KernelFailure) { accepted = try kernel.accept(exchange) } catch {
        throw ErrorReply(name: "SystemError", message: error.description)
      }
    }
    if !accepted { throw .ending }
  }

  /// Hands a typed line to the cell that asked for it.
  private func answer(_ exchange: Exchange, in subshellID: String?) {
    let line: Result<String, InputFailure>
    var parent: String?
    do throws(ErrorReply) {
      let reply = try exchange.decode(InputReply.self)
      line = .success(reply.value)
      if let named = try? Fields(parsing: exchange.parentPart, of: "the parent header"),
        let id = named.object["msg_id"]?.string, !id.isEmpty
      {
        parent = id
      }
    } catch {
      drop(.stdin, error.report.message)
      line = .failure(.unreadable)
    }
    // Not every client names the shell: then the parent header tells whose question it answers, or
    // that only one cell asks.
    let gates = kernel.shells.sorted { $0.id == subshellID && $1.id != subshellID }.map(\.inputGate)
    if !gates.contains(where: { $0.deliver(line, from: exchange.identities, parent: parent) }) {
      drop(.stdin, "no cell waits for this input")
    }
  }
}
