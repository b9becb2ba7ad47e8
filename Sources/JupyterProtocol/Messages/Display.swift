import EngineInterface
import JSON

/// A display of its own.
public struct DisplayData: Publication {
  public static let type = "display_data"

  public var bundle: MIMEBundle
  /// What later updates name it by.
  public var displayID: String?

  public init(bundle: MIMEBundle, displayID: String? = nil) {
    self.bundle = bundle
    self.displayID = displayID
  }

  public var content: JSON.Object { bundle.displayContent(id: displayID) }
}

/// Replaces what a display showed.
public struct UpdateDisplayData: Publication {
  public static let type = "update_display_data"

  public var bundle: MIMEBundle
  public var displayID: String

  public init(bundle: MIMEBundle, displayID: String) {
    self.bundle = bundle
    self.displayID = displayID
  }

  public var content: JSON.Object { bundle.displayContent(id: displayID) }
}

extension MIMEBundle {
  fileprivate func displayContent(id: String?) -> JSON.Object {
    [
      "data": .object(data), "metadata": .object(metadata),
      "transient": id.map { ["display_id": .string($0)] } ?? [:],
    ]
  }
}
