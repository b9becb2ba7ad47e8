import EngineInterface
import JSON

/// Asks who the kernel is.
public struct KernelInfoRequest: EmptyRequest {
  public static let type = "kernel_info_request"
  public static let channels: [Channel] = [.shell, .control]
  public init() {}
}

/// Who the kernel is, and what language it runs.
public struct KernelInfoReply: Reply {
  public static let type = "kernel_info_reply"

  public var implementation: String
  public var implementationVersion: String
  public var language: LanguageInfo
  /// Optional parts of the protocol that are there, by the protocol's names for them.
  public var supportedFeatures: [String]

  public init(
    implementation: String, implementationVersion: String, language: LanguageInfo,
    supportedFeatures: [String]
  ) {
    self.implementation = implementation
    self.implementationVersion = implementationVersion
    self.language = language
    self.supportedFeatures = supportedFeatures
  }

  public var content: JSON.Object {
    .ok([
      "protocol_version": .string(ProtocolVersion.current),
      "implementation": .string(implementation),
      "implementation_version": .string(implementationVersion),
      "language_info": [
        "name": .string(language.name), "version": .string(language.version),
        "mimetype": .string(language.mimetype), "file_extension": .string(language.fileExtension),
        "pygments_lexer": .string(language.pygmentsLexer),
        "codemirror_mode": .string(language.codemirrorMode),
      ],
      "banner": .string(language.banner),
      "help_links": .array(
        language.helpLinks.map { ["text": .string($0.text), "url": .string($0.url)] }),
      "debugger": .bool(supportedFeatures.contains("debugger")),
      "supported_features": .array(supportedFeatures.map { .string($0) }),
    ])
  }
}
