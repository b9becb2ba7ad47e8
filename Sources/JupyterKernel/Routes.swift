import JupyterProtocol

/// Every message type that the kernel serves: one row each.
///
/// `input_reply` is not here: it answers a question of the kernel and starts nothing.
enum Routes {
  static let all: [Route] = [
    Route(
      ExecuteRequest.self, at: .cells,
      posting: { (kernel, request, exchange) throws(ErrorReply) in
        try kernel.execute(request, exchange)
      }),
    Route(CommOpen.self, at: .session, posting: { $0.open($1, $2) }),
    Route(CommMessage.self, at: .session, posting: { $0.pass($1, $2) }),
    Route(CommClose.self, at: .session, posting: { $0.close($1, $2) }),
    Route(CompleteRequest.self, at: .queries) { kernel, request, _ in
      CompleteReply(kernel.engine.complete(request.code, cursor: request.cursor))
    },
    Route(InspectRequest.self, at: .queries) { kernel, request, _ in
      InspectReply(
        kernel.engine.inspect(request.code, cursor: request.cursor, detail: request.detail))
    },
    Route(IsCompleteRequest.self, at: .queries) { kernel, request, _ in
      IsCompleteReply(kernel.engine.isComplete(request.code))
    },
    Route(
      HistoryRequest.self, at: .history,
      { (kernel, request, exchange) throws(ErrorReply) in try kernel.recall(request, exchange) }),
    Route(UsageRequest.self, at: .queries) { kernel, _, _ in kernel.usage.reply() },
    Route(KernelInfoRequest.self, at: .transport) { kernel, _, _ in kernel.information },
    Route(ConnectRequest.self, at: .transport) { kernel, _, _ in
      ConnectReply(ports: kernel.configuration.ports)
    },
    Route(CommInfoRequest.self, at: .transport) { kernel, request, _ in
      CommInfoReply(kernel.comms.list(of: request.target))
    },
    Route(InterruptRequest.self, at: .transport) { kernel, _, _ in
      kernel.interrupt()
      return InterruptReply()
    },
    Route(DebugRequest.self, at: .transport) { _, request, _ in DebugReply(refusing: request) },
    Route(CreateSubshellRequest.self, at: .transport) {
      (kernel, _, _) throws(ErrorReply) in
      CreateSubshellReply(id: try kernel.subshells.create())
    },
    Route(DeleteSubshellRequest.self, at: .transport) {
      (kernel, request, _) throws(ErrorReply) in
      try kernel.subshells.delete(request.id)
      return DeleteSubshellReply()
    },
    Route(ListSubshellRequest.self, at: .transport) { kernel, _, _ in
      ListSubshellReply(ids: kernel.subshells.ids)
    },
    Route(ShutdownRequest.self, at: .transport, posting: { $0.shutDown($1, $2) }),
  ]

  static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })
}
